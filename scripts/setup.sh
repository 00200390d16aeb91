#!/usr/bin/env bash
# Sets everything up in .venv: finds or installs uv, then installs the locked packages. Says in one line what is missing.
set -euo pipefail
cd "$(dirname "$0")/.."
python=""
for candidate in python3.13 python3.12 python3.11 python3; do
  if command -v "$candidate" >/dev/null 2>&1 && "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; then
    python=$(command -v "$candidate")
    break
  fi
done
if [ -z "$python" ]; then
  echo "suyuan: Python 3.11, 3.12 or 3.13 is missing: install it (Debian: apt-get install python3 python3-pip)" >&2
  exit 2
fi
if command -v uv >/dev/null 2>&1; then
  uv=$(command -v uv)
elif [ -x .uv/bin/uv ]; then
  uv=$PWD/.uv/bin/uv
else
  if ! "$python" -m pip --version >/dev/null 2>&1; then
    echo "suyuan: pip is missing: install it (Debian: apt-get install python3-pip)" >&2
    exit 2
  fi
  echo "installing uv inside the checkout"
  "$python" -m pip install --quiet --disable-pip-version-check --target .uv uv
  uv=$PWD/.uv/bin/uv
fi
export UV_PYTHON_DOWNLOADS=never UV_SYSTEM_CERTS=${UV_SYSTEM_CERTS:-1}
stamp=.venv/.suyuan-setup
if [ -f "$stamp" ] && [ "$stamp" -nt uv.lock ] && [ "$stamp" -nt pyproject.toml ]; then
  exit 0
fi
if ! "$uv" sync --frozen --quiet --python "$python"; then
  echo "suyuan: the packages could not be installed: check the package index (UV_INDEX_URL) and try again" >&2
  exit 2
fi
touch "$stamp"
