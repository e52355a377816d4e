//! Contract suites, scripted models, fake clocks and fixtures for tests.
