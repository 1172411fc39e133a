"""Run by test_bundle.py inside the cut-off machine: starts the site, walks through it, stops it.

    python walk.py PORT BASE_PATH

In the unpacked bundle, with a plain Python. Prints what it saw as one line of JSON at the end.
"""

import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

PATIENCE = 400


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments):
        return None


class Visitor:
    """A browser without scripts: cookies, forms with their token, no redirects by itself."""

    def __init__(self, site: str):
        self.site = site
        self.jar = http.cookiejar.CookieJar()
        cookies = urllib.request.HTTPCookieProcessor(self.jar)
        self.opener = urllib.request.build_opener(cookies, NoRedirect)
        self.page = ""

    def get(self, path: str, data: dict | None = None) -> tuple[int, str]:
        """(status, address of a redirect)"""
        request = urllib.request.Request(self.site + path)
        if data is not None:
            token = re.search(r'name="csrfmiddlewaretoken" value="(.+?)"', self.page)[1]
            request.data = urllib.parse.urlencode({"csrfmiddlewaretoken": token, **data}).encode()
        try:
            answer = self.opener.open(request, timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        self.page = answer.read().decode(errors="replace")
        return answer.status, answer.headers.get("Location", "")


def walk(site: str, base: str) -> dict:
    visitor, seen = Visitor(site), {}
    seen["stranger"] = visitor.get(f"{base}/")
    seen["sign_in"] = visitor.get(f"{base}/accounts/sign-in/")
    static = sorted(set(re.findall(r'(?:href|src)="([^"]+?\.(?:css|js|svg))"', visitor.page)))
    footer = re.search(r"<footer.*?>(.*?)</footer>", visitor.page)[1]
    seen["version"] = footer.partition(" – ")[0]
    account = {"username": "xa.truong", "password": "antq-demo-2026"}
    seen["signed_in"] = visitor.get(f"{base}/accounts/sign-in/", account)
    seen["home"] = visitor.get(f"{base}/")
    seen["home_is_ours"] = "Việc cần làm" in visitor.page
    links = re.findall(r'(?:href|action|src)="(/[^"]*)"', visitor.page)
    seen["strays"] = [link for link in links if not link.startswith(f"{base}/")]
    seen["form"] = visitor.get(f"{base}/accounts/password/")
    new = "mat-khau-ngoai-mang-1"
    change = {"old_password": "antq-demo-2026", "new_password1": new, "new_password2": new}
    seen["saved"] = visitor.get(f"{base}/accounts/password/", change)
    visitor.get(f"{base}/")
    seen["said"] = "Đã đổi mật khẩu." in visitor.page
    seen["static"] = {path: visitor.get(path)[0] for path in static}
    seen["cookies"] = sorted({cookie.path for cookie in visitor.jar})
    return seen


def reach_out() -> str:
    try:
        socket.create_connection(("192.0.2.1", 80), timeout=5).close()
    except OSError as error:
        return os.strerror(error.errno) if error.errno else str(error)
    return "reached"


def main(port: str, base: str) -> None:
    python = sys.executable
    command = ["make", "run", f"PORT={port}", f"PYTHON={python}"]
    site = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    printed, until = [], time.monotonic() + PATIENCE
    for line in site.stdout:
        printed.append(line.rstrip())
        if "Ctrl-C stops" in line or time.monotonic() > until:
            break
    seen = {"printed": printed, "uid": os.getuid(), "outside": reach_out()}
    try:
        if site.poll() is None:
            seen |= walk(f"http://127.0.0.1:{port}", base)
    finally:
        os.killpg(site.pid, signal.SIGINT)
        site.wait(60)
    sys.stdout.write(json.dumps(seen) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
