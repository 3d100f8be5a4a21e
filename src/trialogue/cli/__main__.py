"""`python -m trialogue.cli` is `trialogue`."""

from trialogue.cli.main import trialogue

if __name__ == "__main__":
    trialogue()
