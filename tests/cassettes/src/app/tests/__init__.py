"""Tests of the application; they need no network and leave nothing behind."""
