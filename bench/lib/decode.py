"""Plain NumPy versions of what Hamon decodes: python3 decode.py OUTPUT.f32 SETTINGS, prints the milliseconds of each run."""

import json
import sys
import time

import numpy as np


def suppress(boxes, scores, labels, iou, most):
    """Greedy, class by class."""
    x1, y1, x2, y2 = boxes.T
    areas = (x2 - x1) * (y2 - y1)
    order = np.argsort(-scores, kind="stable")
    kept = []
    while order.size and len(kept) < most:
        best, rest = order[0], order[1:]
        kept.append(best)
        width = np.minimum(x2[best], x2[rest]) - np.maximum(x1[best], x1[rest])
        height = np.minimum(y2[best], y2[rest]) - np.maximum(y1[best], y1[rest])
        both = np.clip(width, 0, None) * np.clip(height, 0, None)
        overlap = both / (areas[best] + areas[rest] - both)
        order = rest[(overlap <= iou) | (labels[rest] != labels[best])]
    return kept


def detection(raw, settings):
    anchors, threshold = settings["anchors"], settings["threshold"]
    if settings["objectness"]:
        rows = raw.reshape(anchors, -1)
        rows = rows[rows[:, 4] >= threshold]
        scores = rows[:, 5:] * rows[:, 4:5]
    else:
        rows = raw.reshape(-1, anchors).T
        scores = rows[:, 4:]
    labels = scores.argmax(1)
    best = scores.max(1)
    above = np.nonzero(best >= threshold)[0]
    above = above[np.argsort(-best[above], kind="stable")][: settings["maxCandidates"]]
    rows, labels, best = rows[above], labels[above], best[above]
    centre, half = rows[:, :2], rows[:, 2:4] / 2
    boxes = np.concatenate([centre - half, centre + half], 1)
    kept = suppress(boxes, best, labels, settings["iou"], settings["maxDetections"])
    scale, offset = 0.5, np.array([0, 140, 0, 140])
    frame = np.clip((boxes[kept] - offset) / scale, 0, [1280, 720, 1280, 720])
    return [(int(labels[i]), float(best[i]), box.tolist()) for i, box in zip(kept, frame)]


def segmentation(raw, settings):
    labels, width, height = settings["labels"], settings["width"], settings["height"]
    mask = raw.reshape(labels, height, width).argmax(0)
    shares = np.bincount(mask.ravel(), minlength=labels) / mask.size
    flat = mask.ravel()
    starts = np.flatnonzero(np.concatenate([[True], flat[1:] != flat[:-1]]))
    runs = np.stack([flat[starts], np.diff(np.append(starts, flat.size))], 1)
    return shares, runs.ravel().tolist(), regions(mask)


def regions(mask):
    """Connected components, eight neighbours, by flooding."""
    height, width = mask.shape
    values = mask.tolist()
    seen = [[value == 0 for value in row] for row in values]
    found = []
    for y in range(height):
        for x in range(width):
            if seen[y][x]:
                continue
            label, stack, pixels = values[y][x], [(y, x)], []
            seen[y][x] = True
            while stack:
                row, column = stack.pop()
                pixels.append((row, column))
                for r, c in ((row + a, column + b) for a in (-1, 0, 1) for b in (-1, 0, 1)):
                    if 0 <= r < height and 0 <= c < width and not seen[r][c] and values[r][c] == label:
                        seen[r][c] = True
                        stack.append((r, c))
            ys, xs = zip(*pixels)
            found.append((label, len(pixels), min(xs), min(ys), max(xs), max(ys)))
    return found


CASES = {"detection": detection, "segmentation": segmentation}


def main():
    raw = np.fromfile(sys.argv[1], dtype=np.float32)
    settings = json.loads(sys.argv[2])
    decode = CASES[settings["of"]]
    times = []
    for _ in range(settings["runs"] + 2):
        begin = time.perf_counter()
        decode(raw, settings)
        times.append(1000 * (time.perf_counter() - begin))
    # The first runs pay for loading.
    print(json.dumps(times[2:]))


main()
