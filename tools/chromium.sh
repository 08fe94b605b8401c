#!/bin/sh
# For the browser tests: does nothing where there is a Chromium, installs one where there is none.
# usage: tools/chromium.sh PYTHON
set -eu

for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then exit 0; fi
done
if "$1" - <<'END'
import sys
from pathlib import Path
from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    sys.exit(not Path(playwright.chromium.executable_path).exists())
END
then exit 0; fi

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium && exit 0
fi
"$1" -m playwright install chromium
