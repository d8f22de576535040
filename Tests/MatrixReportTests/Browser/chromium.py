"""Drives a headless Chromium over its own pipe (the DevTools protocol on descriptors 3 and 4): no port, no driver, no package."""
import base64, json, os, pathlib, select, shutil, signal, tempfile, time


class BrowserError(Exception):
    pass


class Browser:
    """A Chromium with a profile of its own, gone with everything when the `with` ends."""

    def __init__(self, path=None):
        self.program = path or shutil.which("chromium")

    def __enter__(self):
        self.profile = tempfile.mkdtemp(prefix="kmatrix-chromium-")
        to_browser, self.output = os.pipe()
        self.input, from_browser = os.pipe()
        # The protocol's descriptors have to be 3 and 4 in the browser, and in nobody else.
        arguments = [
            self.program, "--headless=new", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--disable-background-networking", "--disable-sync",
            "--disable-dev-shm-usage", "--hide-scrollbars", "--force-color-profile=srgb", "--remote-debugging-pipe", f"--user-data-dir={self.profile}", "about:blank",
        ]
        # Chromium's sandbox refuses to work for root, and only then.
        if os.getuid() == 0:
            arguments.insert(1, "--no-sandbox")
        # High first, or one could be in the way of the other.
        high = [os.dup2(to_browser, 60, inheritable=False), os.dup2(from_browser, 61, inheritable=False)]
        nothing = os.open(os.devnull, os.O_RDWR)
        actions = [(os.POSIX_SPAWN_DUP2, source, target) for source, target in ((nothing, 0), (nothing, 1), (nothing, 2), (60, 3), (61, 4))]
        self.process = os.posix_spawn(self.program, arguments, os.environ, file_actions=actions, setpgroup=0)
        for descriptor in (to_browser, from_browser, nothing, *high):
            os.close(descriptor)
        self.buffer, self.number, self.events = b"", 0, []
        return self

    def __exit__(self, *_):
        try:
            self.call("Browser.close", deadline=5)
        except (BrowserError, OSError):
            pass
        # It ends by itself; if not, it and its helpers are ended.
        end = time.monotonic() + 10
        while os.waitpid(self.process, os.WNOHANG)[0] == 0:
            if time.monotonic() > end:
                os.killpg(self.process, signal.SIGKILL)
                os.waitpid(self.process, 0)
                break
            time.sleep(0.02)
        os.close(self.input), os.close(self.output)
        shutil.rmtree(self.profile, ignore_errors=True)

    def call(self, method, session=None, deadline=60, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self.output, json.dumps(message).encode() + b"\0")
        wanted, end = self.number, time.monotonic() + deadline
        while True:
            answer = self._next(end, method)
            if answer.get("id") == wanted:
                if "error" in answer:
                    raise BrowserError(f"{method}: {answer['error']}")
                return answer.get("result", {})
            self.events.append(answer)

    def wait(self, method, deadline=60):
        end = time.monotonic() + deadline
        while True:
            for index, event in enumerate(self.events):
                if event.get("method") == method:
                    return self.events.pop(index)
            self.events.append(self._next(end, method))

    def _next(self, end, waiting_for):
        while b"\0" not in self.buffer:
            if not select.select([self.input], [], [], max(0, end - time.monotonic()))[0]:
                raise BrowserError(f"{waiting_for}: no answer in time")
            chunk = os.read(self.input, 1 << 20)
            if not chunk:
                raise BrowserError(f"{waiting_for}: the browser is gone")
            self.buffer += chunk
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def open(self, url, **view):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session)
        for domain in ("Page", "Runtime", "Log", "Network"):
            page.call(f"{domain}.enable")
        page.view(**view)
        page.go(url)
        return page


class Page:
    def __init__(self, browser, session):
        self.browser, self.session = browser, session

    def call(self, method, **parameters):
        return self.browser.call(method, session=self.session, **parameters)

    def view(self, width=1280, height=900, phone=False, scheme="light", media=""):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=2 if phone else 1, mobile=phone)
        self.call("Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": scheme}])

    def go(self, url):
        self.browser.events.clear()
        # Without a loader it is another place in the same document, which loads nothing.
        if "loaderId" in self.call("Page.navigate", url=url):
            self.browser.wait("Page.loadEventFired")

    def value(self, expression):
        """What an expression of the page's gives; a promise is waited for."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise BrowserError(answer["exceptionDetails"].get("exception", {}).get("description", str(answer["exceptionDetails"])))
        return answer["result"].get("value")

    def until(self, expression, deadline=20):
        end = time.monotonic() + deadline
        while not self.value(expression):
            if time.monotonic() > end:
                raise BrowserError(f"never true: {expression}")
            time.sleep(0.02)

    def type(self, text):
        self.call("Input.insertText", text=text)

    def press(self, key, code=0):
        keys = {"ArrowDown": 40, "ArrowRight": 39, "ArrowUp": 38, "ArrowLeft": 37, "Enter": 13, "Escape": 27, "Tab": 9}
        number = keys.get(key, code)
        text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
        self.call("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", key=key, windowsVirtualKeyCode=number, text=text)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=number)

    def complaints(self):
        """What the console, the policy and the loader complained of, and every request that left the site's own files."""
        self.value("1")
        found = []
        for event in self.browser.events:
            method, details = event.get("method"), event.get("params", {})
            if method == "Log.entryAdded" and details["entry"]["level"] in ("error", "warning"):
                found.append(details["entry"]["text"])
            elif method == "Runtime.exceptionThrown":
                found.append(details["exceptionDetails"]["text"])
            elif method == "Runtime.consoleAPICalled" and details["type"] in ("error", "warning"):
                found.append(str(details["args"]))
            elif method == "Network.requestWillBeSent" and not details["request"]["url"].startswith(("file:", "data:")):
                found.append(f"request to {details['request']['url']}")
        return found

    def picture(self, path, **options):
        data = self.call("Page.captureScreenshot", format="png", **options)["data"]
        pathlib.Path(path).write_bytes(base64.b64decode(data))

    def print(self, path):
        data = self.call("Page.printToPDF", printBackground=True)["data"]
        pathlib.Path(path).write_bytes(base64.b64decode(data))
