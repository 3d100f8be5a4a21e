"""What the pages of stopping and publishing read."""

from trialogue.trials.models import StopRequest, Story, Trial


def story_of(trial: Trial) -> Story:
    """Return what people wrote of a result so far; an unsaved, empty one when nothing."""
    return Story.objects.filter(trial=trial).first() or Story(trial=trial, version=0)


def stop_of(trial: Trial) -> StopRequest | None:
    """Return the newest request to stop a trial."""
    return trial.stop_requests.select_related("by").order_by("-pk").first()
