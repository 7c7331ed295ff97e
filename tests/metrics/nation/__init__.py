"""Tests of the country over regions."""
