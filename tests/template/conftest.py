"""The folder of files that tests of templates begin with is that of the tests of scenarios."""

from tests.scenario.conftest import folder as folder
