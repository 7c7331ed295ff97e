"""Figures beside a yardstick: targets, reference series, outlook, the national form S70."""
