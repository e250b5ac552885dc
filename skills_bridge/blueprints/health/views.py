"""``/live`` needs nothing; ``/ready`` asks the database, the migrations and the relay. Neither tells a version."""

from __future__ import annotations

from flask import Blueprint, g, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from skills_bridge.blueprints.web import is_broker_down, public, remember_installation
from skills_bridge.extensions import db
from skills_bridge.queries.accounts import get_installation

bp = Blueprint("health", __name__)


@bp.get("/live")
@public
def live() -> ResponseReturnValue:
    """Say that the process answers."""
    return jsonify(live=True)


@bp.get("/ready")
@public
def ready() -> ResponseReturnValue:
    """Say whether pages can be served; a silent broker is told, and no reason to turn people away."""
    try:
        with Session(db.engine) as own:
            remember_installation(get_installation(own))
    except SQLAlchemyError:
        g.database_down = True
        return jsonify(ready=False, database=False), 503
    return jsonify(ready=True, database=True, relay=not is_broker_down())
