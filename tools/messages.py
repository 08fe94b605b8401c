"""Every sentence that a page can show: what `assets/locale/ja.po` must hold. `python tools/messages.py` lists gaps."""

import ast
import itertools
from pathlib import Path

from gan_core.config import ToyConfig, hints
from gan_core.examples import EXAMPLES
from gan_core.figures import measures
from gan_core.presets import PRESETS
from gan_core.theory.diagnosis import DIAGNOSES
from gan_core.theory.piles import NAMES
from pages.components import live_figure, plan_chooser, settings, transport_stage, unequal
from pages.components.i18n import catalogue

ROOT = Path(__file__).parents[1]
SAID_AT = {"t": 0, "ConfigError": 1, "EngineError": 0, "Note.of": 0}  # which argument of a call is a sentence


def messages() -> set[str]:
    """English sentences, from calls in the source and from the tables."""
    return (_in_calls() | _in_tables()) - {""}


def _in_calls() -> set[str]:
    found = set()
    for path in [*ROOT.glob("pages/**/*.py"), *ROOT.glob("gan_core/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                at = SAID_AT.get(ast.unparse(node.func), len(node.args))
                said = [*node.args[at : at + 1], *(each.value for each in node.keywords if each.arg == "message")]
                found |= {each.value for each in said if isinstance(each, ast.Constant) and isinstance(each.value, str)}
    return found


def _in_tables() -> set[str]:
    found = (
        {_constant("pages/toy_gan.py", "LEGEND")}
        | set(settings.GROUPS.values())
        | set(live_figure.PARTS)
        | set(live_figure.STATES.values())
        | set(NAMES.values())
        | set(transport_stage.WORDS.values())
        | set(itertools.chain(plan_chooser.NAMES.values(), plan_chooser.RULES.values()))
        | set(itertools.chain(unequal.CHOICES.values(), unequal.MEANINGS.values()))
    )
    for example in EXAMPLES.values():
        found |= {example.title, example.reason}
    for field in ToyConfig.model_fields:
        about = ToyConfig.about(field)
        found |= {about.label, about.help, about.unit}
        found |= {settings.name_of(choice) for choice in ToyConfig.choices(field)}
    for preset in PRESETS.values():
        found |= {preset.title, preset.reason, preset.look, preset.attempt}
    for diagnosis in DIAGNOSES.values():
        found |= {diagnosis.sentence, diagnosis.suggestion}
    for chart in {*itertools.chain(*map(measures.charts_beside, ToyConfig.choices("loss"))), *measures.charts_below()}:
        found |= {chart.title, chart.help, *(line.label for line in chart.lines)}
    return found | _hints()


def _constant(path: str, name: str) -> str:
    """A sentence that a page, which cannot be imported, gives a name."""
    for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == name:
            return ast.literal_eval(node.value)
    raise KeyError(name)


def _hints() -> set[str]:
    """The keys of the table inside `hints`."""
    source = ast.parse((ROOT / "gan_core/config.py").read_text(encoding="utf-8"))
    (function,) = (node for node in source.body if isinstance(node, ast.FunctionDef) and node.name == hints.__name__)
    (table,) = (node for node in ast.walk(function) if isinstance(node, ast.Dict))
    return {key.value for key in table.keys if isinstance(key, ast.Constant)}


if __name__ == "__main__":
    for sentence in sorted(messages() - catalogue("ja").keys()):
        print(f"missing: {sentence}")
    for sentence in sorted(catalogue("ja").keys() - messages()):
        print(f"not used: {sentence}")
