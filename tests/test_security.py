"""What SECURITY.md says, held against a running dashboard, the files it writes and the folder it keeps compiled code in."""
import http.client
import json
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import time
import tomllib
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from simulator import cli, commands, scenario_text
from simulator.dashboard import household, population
from simulator.populations import machine

ROOT = Path(__file__).parents[1]
PAGES = ("SECURITY.md", "SECURITY.zh-CN.md")
MEGABYTE = 1024 * 1024
pytestmark = pytest.mark.xdist_group("browser")     # beside the other tests of the one dashboard


def ask(address, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace")
    finally:
        connection.close()


def opens(address, host=None, origin=None):
    """Whether the server talks over a WebSocket to a page of this origin that calls it by this host."""
    netloc = urlsplit(address).netloc
    try:
        with socket.create_connection((urlsplit(address).hostname, urlsplit(address).port)) as there, connect(
                f"ws://{host or netloc}/_stcore/stream", sock=there, origin=origin, subprotocols=["streamlit"], proxy=None):
            return True
    except InvalidStatus as error:
        if error.response.status_code != 403:
            raise
        return False


# ── what the dashboard exposes ──

def test_it_listens_on_this_machine_only(dashboard):
    port = urlsplit(dashboard).port
    listening = {one.laddr.ip for one in psutil.net_connections("inet") if one.status == psutil.CONN_LISTEN and one.laddr.port == port}
    assert listening == {"127.0.0.1"}


def test_pages_of_strangers_are_not_talked_to(dashboard):
    port = urlsplit(dashboard).port
    assert opens(dashboard, origin=dashboard) and opens(dashboard, f"localhost:{port}", f"http://localhost:{port}")
    assert not opens(dashboard, origin="https://stranger.example")
    assert not opens(dashboard, "stranger.example", "http://stranger.example")      # whose name has come to mean this machine


def test_what_is_uploaded_needs_the_token_of_the_session(dashboard):
    status, said = ask(dashboard, "PUT", "/_stcore/upload_file/someone/something", b"x" * 100)
    assert status == 403 and "XSRF" in said


def test_streamlits_own_addresses_tell_nothing_of_people(dashboard):
    assert ask(dashboard, "GET", "/_stcore/health") == (200, "ok")
    packed = scenario_text.packed('title = "secret-of-mine"')
    ask(dashboard, "GET", f"/?s={packed}")
    for path in ("/_stcore/metrics", "/_stcore/host-config"):
        status, said = ask(dashboard, "GET", path)
        assert status == 200 and packed not in said and str(ROOT) not in said
    assert ask(dashboard, "POST", "/_stcore/agent/interact", b"{}", {"Content-Type": "application/json"})[0] == 403


@pytest.mark.parametrize("path", ["/../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/app/static/../../app.py", "/media/../../app.py",
                                  "/component/streamlit/../../../app.py", "/nowhere", "/media/nothing.csv"])
def test_no_address_leads_to_a_file_or_names_one(dashboard, path):
    _, said = ask(dashboard, "GET", path)
    assert "root:" not in said and "import" not in re.sub(r"<script.*?</script>", "", said, flags=re.DOTALL)
    assert str(ROOT) not in said and "Traceback" not in said and "site-packages" not in said


def test_requests_are_not_logged(dashboard, dashboard_log):
    ask(dashboard, "GET", "/?s=a-household-in-a-link")
    assert "a-household-in-a-link" not in dashboard_log.read_text(errors="replace")


def test_the_server_itself_asks_nobody(dashboard):
    port = urlsplit(dashboard).port
    server = next(one for one in psutil.process_iter() if any(f"--server.port={port}" in word for word in _words(one)))
    with connect(f"ws://127.0.0.1:{port}/_stcore/stream", origin=dashboard, subprotocols=["streamlit"], proxy=None):
        time.sleep(1)
        outside = [one.raddr for one in server.net_connections("inet") if one.raddr and not one.raddr.ip.startswith("127.")]
    assert outside == []


def _words(process):
    try:
        return process.cmdline()
    except psutil.Error:
        return []


OPTIONS = {"server.address": "127.0.0.1", "server.allowedHosts": ["127.0.0.1", "localhost"], "server.maxUploadSize": 1,
           "browser.gatherUsageStats": False, "client.showErrorDetails": "none"}
ALWAYS = {"server.enableXsrfProtection": True, "server.enableCORS": True, "server.enableStaticServing": False,
          "server.enableAgentApi": False, "global.developmentMode": False}


def configured(where):
    """The options of Streamlit as they are in a folder."""
    code = f"from streamlit import config; print({{name: config.get_option(name) for name in {[*OPTIONS, *ALWAYS]}}})"
    return subprocess.run([sys.executable, "-c", code], cwd=where, capture_output=True, text=True, check=True).stdout.strip()


def settings(where, *flags, **environment):
    """What Streamlit's command line makes of the configuration in a folder, of flags and of the environment."""
    command = [sys.executable, "-m", "streamlit", "config", "show", *flags]
    said = subprocess.run(command, cwd=where, env={**os.environ, **environment}, capture_output=True, text=True, check=True).stdout
    return tomllib.loads(said[said.index("[global]"):])


def test_a_checkout_is_private_and_silent():
    assert configured(ROOT) == str(OPTIONS | ALWAYS)


def test_so_is_an_installation_without_a_checkout(monkeypatch, tmp_path):
    started = []
    monkeypatch.setattr(commands, "__file__", str(tmp_path / "simulator" / "commands.py"))
    monkeypatch.setattr(os, "execv", lambda _, command: started.extend(command) or sys.exit(0))
    with pytest.raises(SystemExit):
        cli.main(["app", "--port", "8599", "--lang", commands.LANGUAGE])     # in another language they would be loaded anew
    monkeypatch.undo()
    flags = started[started.index("run") + 2:]
    shown = settings(tmp_path, *flags)
    for name, value in OPTIONS.items():
        section, _, key = name.partition(".")
        assert shown[section][key] == value, name


def test_who_ends_the_command_ends_the_server():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{probe.getsockname()[1]}"

    def serves():
        try:
            return ask(address, "GET", "/_stcore/health")[0] == 200
        except OSError:
            return False

    with subprocess.Popen([sys.executable, "-m", "simulator", "app", "--port", address.rpartition(":")[2], "--json"], cwd=ROOT,
                          stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as started:
        try:
            deadline = time.monotonic() + 60
            while not serves() and time.monotonic() < deadline:
                time.sleep(0.1)
            assert serves()
        finally:
            started.terminate()
        assert json.loads(started.stdout.read()) == {"url": address}
    assert not serves()


def test_the_page_takes_no_larger_file_than_the_server():
    assert household.MOST_MB == population.MOST_MB == OPTIONS["server.maxUploadSize"]


# ── compiled code ──

@pytest.fixture
def nowhere_else(monkeypatch, tmp_path):
    """Compiled code can only be kept below `place`."""
    place = tmp_path / "place"
    place.mkdir()
    monkeypatch.setattr(machine.tempfile, "gettempdir", lambda: str(tmp_path / "nothing" / "there"))
    for name in ("XDG_CACHE_HOME", "HOME"):
        monkeypatch.setenv(name, "/proc/nowhere")
    monkeypatch.setattr(machine.tempfile, "gettempdir", lambda: "/proc/nowhere")
    monkeypatch.setenv("SIMULATOR_CACHE", str(place))
    return place


def test_compiled_code_is_kept_where_nobody_else_can_write(nowhere_else):
    folder = Path(machine.cache_folder())
    assert folder.parent.parent == nowhere_else
    for one in (folder, folder.parent):
        assert stat.S_IMODE(one.stat().st_mode) == 0o700
    assert machine.cache_folder() == str(folder)            # and found again


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such modes")
@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o770])
def test_a_folder_that_others_can_write_to_is_not_used(nowhere_else, mode):
    (nowhere_else / "yibao-simulator").mkdir()
    (nowhere_else / "yibao-simulator").chmod(mode)
    assert machine.cache_folder() is None


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_somebody_else_is_not_used(nowhere_else):
    (nowhere_else / "yibao-simulator").mkdir()
    os.chown(nowhere_else / "yibao-simulator", 65534, 65534)
    assert machine.cache_folder() is None


def test_a_link_to_a_folder_is_not_used(nowhere_else, tmp_path):
    (tmp_path / "planted").mkdir(mode=0o700)
    (nowhere_else / "yibao-simulator").symlink_to(tmp_path / "planted")
    assert machine.cache_folder() is None


# ── behind a proxy ──

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
needs_nginx = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")


def blocks(page, kind):
    return re.findall(rf"```{kind}\n(.*?)```", (ROOT / page).read_text("utf-8"), re.DOTALL)


@contextmanager
def proxied(page, folder, address):
    """The nginx of the page before a dashboard, without encryption and on a port of its own: the address people would use."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config, = blocks(page, "nginx")
    config = re.sub(r"\n *ssl_certificate.*", "", config).replace("listen 443 ssl", f"listen 127.0.0.1:{port}")
    config = config.replace("/var/log/nginx/simulator.log", f"{folder}/access.log").replace("http://127.0.0.1:8501", address)
    config = config.replace("proxy_set_header Host $host;", f"proxy_set_header Host 127.0.0.1:{urlsplit(address).port};")
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\nhttp {{\n{config}\n"
        + "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) + "}\n", "utf-8")
    command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    done = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


@needs_nginx
@pytest.mark.parametrize("page", PAGES)
def test_the_proxy_of_the_page_passes_the_dashboard_on(page, dashboard, tmp_path):
    with proxied(page, tmp_path, dashboard) as address:
        assert ask(address, "GET", "/?s=a-household")[0] == 200
        with connect(f"ws://{urlsplit(address).netloc}/_stcore/stream", origin=dashboard, subprotocols=["streamlit"], proxy=None):
            pass                                            # a WebSocket comes through
        assert ask(address, "GET", "/_stcore/metrics")[0] == ask(address, "GET", "/_stcore/agent/openapi.json")[0] == 404
        assert ask(address, "PUT", "/_stcore/upload_file/a/b", b"x" * 4 * MEGABYTE)[0] == 413
    logged = (tmp_path / "access.log").read_text()
    assert '"GET /"' in logged and "a-household" not in logged


@pytest.mark.parametrize("page", PAGES)
def test_the_environment_of_the_page_is_heeded(page):
    """The name that the service of the page gives the program, and the path below which it may live."""
    text = (ROOT / page).read_text("utf-8")
    given = dict(word.split("=", 1) for word in re.findall(r"STREAMLIT_[A-Z_]+=[\w.-]+", text))
    assert given == {"STREAMLIT_SERVER_ALLOWED_HOSTS": "simulator.example.org", "STREAMLIT_SERVER_BASE_URL_PATH": "simulator"}
    shown = settings(ROOT, **given)["server"]
    assert (shown["allowedHosts"], shown["baseUrlPath"], shown["address"]) == (["simulator.example.org"], "simulator", "127.0.0.1")


def test_both_languages_show_the_same_settings():
    def bare(text):
        return re.sub(r"\s*#.*", "", text)
    for kind in ("nginx", "ini"):
        assert list(map(bare, blocks(PAGES[0], kind))) == list(map(bare, blocks(PAGES[1], kind))) != []
