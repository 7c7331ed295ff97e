"""Evaluation rounds step by step, self-assessment, objections, and what analysts judge beside the figures."""
