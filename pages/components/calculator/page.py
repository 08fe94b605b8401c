"""The page that these pieces belong to: its settings and widgets are named after it."""

PAGE = "wasserstein"
