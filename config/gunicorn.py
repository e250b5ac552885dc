"""Settings of the web server: ``gunicorn -c config/gunicorn.py wsgi:app``."""

import os
from pathlib import Path

bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
# A launcher that keeps the port for us shares it (``reserved_port``).
reuse_port = os.environ.get("WEB_REUSE_PORT") == "1"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))

timeout = 30
graceful_timeout = 25
keepalive = 5
max_requests = 2000
max_requests_jitter = 200

limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190
# The exact addresses of the reverse proxy; nobody else may say who the caller is.
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")

# Each worker builds its own application: a reload then picks up new code, and no pool is shared by a fork.
preload_app = False
# The heartbeat file lies in memory: a slow disk must not look like a stuck worker.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  # memory, and gunicorn makes its own file
control_socket_disable = True

# Requests are logged by the application with ids; an access line would hold the tokens of personal links.
accesslog = None
loglevel = os.environ.get("WEB_LOG_LEVEL", "warning")
