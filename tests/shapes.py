"""The type checker that the tests switch on for every function of the learning and theory packages (pyproject.toml).

An int may stand for a float, as PEP 484 says and beartype by default does not.
"""

from beartype import BeartypeConf, beartype

check = beartype(conf=BeartypeConf(is_pep484_tower=True))
