"""What the servers load: settings from the environment, the web application, the Celery application."""

import os

from config.logging import configure_logging
from config.settings import load_settings
from skills_bridge.app import create_app, create_celery

configure_logging(os.environ.get("LOG_LEVEL", "INFO"))
settings = load_settings(os.environ)
app = create_app(settings)
celery = create_celery(settings)
