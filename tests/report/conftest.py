"""One browser for all tests that look at pages."""

from collections.abc import Iterator

import pytest

from tests.report.browser import FLAGS, Browser, chromium


@pytest.fixture(scope="package")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    path = chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield Browser(opened, tmp_path_factory.mktemp("page") / "page.html")
        opened.close()
