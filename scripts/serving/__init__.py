"""The system as a service: systemd, nginx and rotation of logs, all written from one declaration."""
