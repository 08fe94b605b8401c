"""Ways in which a server can fail. Each answers one request: (answer, the whole file, the first byte wished for)."""

import time


def ignores_range(answer, data, start):
    answer.head(200, len(data))
    answer.wfile.write(data)


def truncates(answer, data, start):
    """Half of what is left, then the line is cut."""
    rest = data[start:]
    answer.head(206 if start else 200, len(rest), Content_Range=f"bytes {start}-{len(data) - 1}/{len(data)}")
    answer.wfile.write(rest[: len(rest) // 2 or 1])


def gives_little(answer, data, start):
    """Ten thousand bytes, then the line is cut."""
    rest = data[start:]
    answer.head(206 if start else 200, len(rest), Content_Range=f"bytes {start}-{len(data) - 1}/{len(data)}")
    answer.wfile.write(rest[:10_000])


def gives_next_to_nothing(answer, data, start):
    answer.head(206 if start else 200, len(data) - start, Content_Range=f"bytes {start}-{len(data) - 1}/{len(data)}")
    answer.wfile.write(data[start : start + 10])


def truncates_anew(answer, data, start):
    """Always the first half, whatever was wished for."""
    answer.head(200, len(data))
    answer.wfile.write(data[: len(data) // 2])


def corrupts(answer, data, start):
    rest = bytearray(data[start:])
    rest[len(rest) // 2] ^= 1
    answer.head(206 if start else 200, len(rest), Content_Range=f"bytes {start}-{len(data) - 1}/{len(data)}")
    answer.wfile.write(rest)


def stalls(answer, data, start):
    """Half of what is left, then silence."""
    rest = data[start:]
    answer.head(206 if start else 200, len(rest), Content_Range=f"bytes {start}-{len(data) - 1}/{len(data)}")
    answer.wfile.write(rest[: len(rest) // 2])
    answer.wfile.flush()
    answer.server.is_over.wait(20)


def keeps_silent(answer, data, start):
    answer.server.is_over.wait(20)


def trickles(answer, data, start):
    """A byte now and then: never silent, never done."""
    answer.head(200, len(data))
    end = time.monotonic() + 20
    for at in range(len(data)):
        if answer.server.is_over.wait(0.05) or time.monotonic() > end:
            return
        answer.wfile.write(data[at : at + 1])


def missing(answer, data, start):
    answer.head(404, 0)


def forbids(answer, data, start):
    answer.head(403, 0)


def breaks(answer, data, start):
    answer.head(503, 0)


def welcomes(answer, data, start):
    """A hotel's page in place of the file."""
    page = b"<html>Please log in</html>"
    answer.head(200, len(page))
    answer.wfile.write(page)


def says_too_much(answer, data, start):
    """A Content-Length beyond the end of the file."""
    answer.head(200, len(data) + 1000)
    answer.wfile.write(data)


def says_too_little(answer, data, start):
    answer.head(200, len(data) - 1000)
    answer.wfile.write(data)


def says_no_length(answer, data, start):
    answer.head(200)
    answer.wfile.write(data)


def says_nonsense(answer, data, start):
    answer.wfile.write(b"what do you want?\r\n\r\n")


def begins_elsewhere(answer, data, start):
    """Answers a range with another one: the whole file."""
    answer.head(206, len(data), Content_Range=f"bytes 0-{len(data) - 1}/{len(data)}")
    answer.wfile.write(data)


def redirects(answer, data, start):
    answer.head(302, 0, Location=f"http://127.0.0.1:{answer.server.server_address[1]}/elsewhere/file.gz")
