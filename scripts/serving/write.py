"""The files of the service, filled from the declaration: systemd's units, nginx's site, the rotation of logs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from scripts.serving.declaration import Service, upload_mb

FILES = Path(__file__).with_name("files")
UNITS, NGINX, ROTATION = "etc/systemd/system", "etc/nginx/conf.d", "etc/logrotate.d"
COMMAND = "usr/local/bin/pilot"
FIELD = re.compile(r"\{\{(\w+)\}\}")
# What timers run: name → what it is called, its command, and the field with its moments.
TASKS = {
    "backup": ("copy of archive and ledger", "etl backup {backup} --keep {keep_copies}", "backup_at"),
    "verify": ("check of ledger, archive and data versions", "etl verify", "verify_at"),
    "rehearse": ("rehearsal of a restore", "etl restore {backup} --rehearse", "rehearse_at"),
    "health": ("look at what wants a hand", "etl health --ports {ports}", "health_at"),
}
HEALTH_AT = "*-*-* *:07"  # hourly


def written(service: Service) -> dict[str, str]:
    """Path from the root of the file system → content, of every file."""
    values = _values(service)
    files = {
        f"{UNITS}/pilot@.service": _filled("pilot@.service", values),
        f"{UNITS}/pilot.target": _filled("pilot.target", values),
        f"{NGINX}/pilot.conf": _filled(f"nginx-{service.stay_by}.conf", values) + _filled("nginx.conf", values),
        f"{ROTATION}/pilot": _filled("logrotate", values),
        COMMAND: _filled("pilot", values),
    }
    if service.only_shows:
        files[f"{UNITS}/pilot-fetch.service"] = _filled("pilot-fetch.service", values)
    for name in service.timers:
        called, command, moment = TASKS[name]
        own = values | {"task": called, "command": command.format_map(values), "moment": values[moment]}
        files[f"{UNITS}/pilot-{name}.service"] = _filled("pilot-task.service", own)
        files[f"{UNITS}/pilot-{name}.timer"] = _filled("pilot-task.timer", own)
    return files


def _values(service: Service) -> dict[str, str]:
    ports = service.ports
    derived = {
        "authority": service.authority,
        "upload_mb": upload_mb() + 1,  # with what the browser puts around the file
        "ports": ",".join(map(str, ports)),
        "units": " ".join(f"pilot@{port}.service" for port in ports),
        "servers": "\n".join(f"    server 127.0.0.1:{port} max_fails=1 fail_timeout=1s;" for port in ports),
        "desks": "\n".join(f"    {port} pilot_{port};" for port in ports),
        "desk_groups": "\n".join(_groups(ports)),
        "health_at": HEALTH_AT,
        "environment": " ".join(f"{name}={value}" for name, value in service.environment.items()),
        "settings": "\n".join(f"    '--setenv={name}={value}' \\" for name, value in service.environment.items()),
        "writable": " ".join(f"-{folder}" for folder in service.folders),
    }
    return {name: str(value) for name, value in (vars(service) | derived).items()}


def _groups(ports: list[int]) -> Iterator[str]:
    """A group of servers for each process: itself, and the others where it does not answer."""
    for port in ports:
        others = (f"    server 127.0.0.1:{other} backup;" for other in ports if other != port)
        yield "\n".join(
            (f"upstream pilot_{port} {{", f"    server 127.0.0.1:{port} max_fails=1 fail_timeout=1s;", *others, "}")
        )


def _filled(name: str, values: Mapping[str, str]) -> str:
    """A file with every `{{field}}` in place. Raises KeyError for one that nothing fills."""
    return FIELD.sub(lambda found: values[found[1]], (FILES / name).read_text(encoding="utf-8"))


def write(service: Service, root: Path) -> list[Path]:
    """Writes all files below a folder, `/` on the machine itself, and gives their paths."""
    paths = []
    for name, content in written(service).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        path.chmod(0o755 if name == COMMAND else 0o644)
        paths.append(path)
    return paths
