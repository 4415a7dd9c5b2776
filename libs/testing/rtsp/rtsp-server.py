"""An RTSP server for tests and benchmarks, on GStreamer's gst-rtsp-server.

Serves H.264 files whose frames were encoded beforehand, each at its rate in a loop. Arguments: one JSON object
{"port", "address", "user"?, "password"?, "digest"?, "streams": {path: {"file", "framesPerSecond", "codec"?}}}.
Writes one JSON object a line: {"listening": port} once, {"sent": number of the frame, "path", "at": seconds of the
monotonic clock} for each frame of a stream with "tell". Reads commands, a line each: "stall PATH", "resume PATH", "drop".
"""

import json
import sys
import threading
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

Gst.init(None)
options = json.loads(sys.argv[1])


def say(**what):
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def access_units(file, codec):
    """Each frame of an elementary stream, as the file has them."""
    pipeline = Gst.parse_launch(
        f'filesrc location="{file}" ! {codec}parse ! video/x-{codec},stream-format=byte-stream,alignment=au'
        " ! appsink name=sink sync=false"
    )
    sink = pipeline.get_by_name("sink")
    pipeline.set_state(Gst.State.PLAYING)
    units = []
    while True:
        sample = sink.emit("pull-sample")
        if sample is None:
            break
        buffer = sample.get_buffer()
        is_key = not buffer.has_flags(Gst.BufferFlags.DELTA_UNIT)
        units.append((buffer.extract_dup(0, buffer.get_size()), is_key))
    pipeline.set_state(Gst.State.NULL)
    return units


class Player(GstRtspServer.RTSPMediaFactory):
    """One stream; it plays while somebody looks, and goes on where it was when somebody looks again."""

    def __init__(self, path, file, framesPerSecond=25, codec="h264", tell=False):
        super().__init__()
        self.path, self.rate, self.tell = path, framesPerSecond, tell
        self.units = access_units(file, codec)
        self.stalled = threading.Event()
        self.number = 0
        self.set_launch(
            f"( appsrc name=source is-live=true format=time do-timestamp=true block=false"
            f" caps=video/x-{codec},stream-format=byte-stream,alignment=au"
            f" ! {codec}parse ! rtp{codec}pay name=pay0 pt=96 config-interval=-1 )"
        )
        self.set_shared(True)
        self.connect("media-configure", self.configured)

    def configured(self, _, media):
        # A frame goes out when it is there; held back for its time stamp it would seem to have been sent before it was.
        media.set_rate_control(False)
        source = media.get_element().get_by_name_recurse_up("source")
        ended = threading.Event()
        media.connect("unprepared", lambda _media: ended.set())
        threading.Thread(target=self.play, args=(source, ended), daemon=True).start()

    def play(self, source, ended):
        period = 1 / self.rate
        due = time.monotonic()
        pushed = 0
        while not self.unit[1]:
            self.number += 1
        while not ended.is_set():
            time.sleep(max(0, due - time.monotonic()))
            due += period
            if self.stalled.is_set():
                continue
            buffer = Gst.Buffer.new_wrapped(self.unit[0])
            at = time.monotonic()
            if source.emit("push-buffer", buffer) != Gst.FlowReturn.OK:
                if pushed > 0:
                    return
                continue
            if self.tell:
                say(sent=self.number % len(self.units), path=self.path, at=at)
            pushed += 1
            self.number += 1

    @property
    def unit(self):
        return self.units[self.number % len(self.units)]


server = GstRtspServer.RTSPServer()
server.set_address(options.get("address", "127.0.0.1"))
server.set_service(str(options["port"]))
players = {path: Player(path, **stream) for path, stream in options["streams"].items()}

if "user" in options:
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    user, password = options["user"], options["password"]
    if options.get("digest"):
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(user, password, token)
    else:
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role("viewer", "media.factory.access", True)
    permissions.add_permission_for_role("viewer", "media.factory.construct", True)

for path, player in players.items():
    if "user" in options:
        player.set_permissions(permissions)
    server.get_mount_points().add_factory(path, player)


def drop():
    def close(_server, client):
        client.close()
        return GstRtspServer.RTSPFilterResult.KEEP

    server.client_filter(close)
    return False


def commands():
    for line in sys.stdin:
        command, *paths = line.split()
        if command == "drop":
            GLib.idle_add(drop)
        for path in paths:
            (players[path].stalled.set if command == "stall" else players[path].stalled.clear)()
    # Whoever started it is gone.
    GLib.idle_add(loop.quit)


loop = GLib.MainLoop()
if server.attach(None) == 0:
    sys.exit(f"port {options['port']} is taken")
threading.Thread(target=commands, daemon=True).start()
say(listening=options["port"])
loop.run()
