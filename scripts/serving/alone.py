"""nginx with the service's own site, by itself in a folder: for a test or a load; the machine's own is left alone."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.serving.declaration import Service
from scripts.serving.write import NGINX, written

PROGRAM, OPENSSL = shutil.which("nginx"), shutil.which("openssl")
IS_INSTALLED = bool(PROGRAM and OPENSSL)
START_SECONDS = 10
MAIN = """
{user} daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/pilot.conf;
}}
"""


def certify(service: Service) -> None:
    """Writes a certificate that nobody else has signed, for a day, with its key, where the declaration says."""
    subprocess.run(
        [OPENSSL, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", f"/CN={service.host}", "-addext", f"subjectAltName=DNS:{service.host}",
         "-keyout", service.certificate_key, "-out", service.certificate],
        check=True, capture_output=True,
    )  # fmt: skip


@contextmanager
def front(service: Service, folder: Path) -> Iterator[None]:
    """Runs it before the ports of a declaration, until left. Raises RuntimeError with what nginx says against it."""
    (folder / "pilot.conf").write_text(written(service)[f"{NGINX}/pilot.conf"], encoding="utf-8")
    main = folder / "nginx.conf"
    main.write_text(MAIN.format(folder=folder, user="user root;" if os.geteuid() == 0 else ""), encoding="utf-8")
    tested = subprocess.run([PROGRAM, "-t", "-c", str(main)], capture_output=True, text=True, check=False)
    if tested.returncode or "[warn]" in tested.stderr:
        raise RuntimeError(tested.stderr)
    _check_free(service.https_port)
    process = subprocess.Popen([PROGRAM, "-c", str(main)], stdin=subprocess.DEVNULL)
    try:
        _await(process, service.https_port)
        yield
    finally:
        process.terminate()
        process.wait(timeout=10)


def _await(process: subprocess.Popen, port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while process.poll() is None:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
    raise RuntimeError("nginx has ended: another program has its port, as it says")


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise RuntimeError(f"another program has port {port}")
