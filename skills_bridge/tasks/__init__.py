"""Background work: Celery wrappers of one service call each."""
