"""What loading the methods does not load."""

import pkgutil
import subprocess
import sys

from trialogue.methods import special


def test_scipys_functions_are_not_loaded_with_the_effects():
    asked = "import sys, trialogue.methods.effects; print('scipy.special' in sys.modules)"

    said = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True
    )

    assert said.stdout == "False\n"


def test_the_modules_of_special_are_looked_for_as_files():
    assert set(special.OWN) == {one.name for one in pkgutil.iter_modules(special.__path__)}
