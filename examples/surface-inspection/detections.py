"""Boxes out of a detector's raw output, and how good they are. NumPy alone, as a second opinion on Hamon's own rules."""

import numpy as np


def iou_of(box, others):
    """Intersection over union of one box with several; corners x1 y1 x2 y2."""
    width = np.minimum(box[2], others[:, 2]) - np.maximum(box[0], others[:, 0])
    height = np.minimum(box[3], others[:, 3]) - np.maximum(box[1], others[:, 1])
    both = np.clip(width, 0, None) * np.clip(height, 0, None)
    area = (box[2] - box[0]) * (box[3] - box[1])
    areas = (others[:, 2] - others[:, 0]) * (others[:, 3] - others[:, 1])
    return both / np.maximum(area + areas - both, 1e-9)


def decode(raw, threshold, iou, most, side):
    """[4 + labels, N] in YOLOv8's form to (label, confidence, x1, y1, x2, y2), the most confident first.

    Each anchor stands for its best class; of boxes of one class that overlap by more than `iou` the most confident one
    stays; what stays is clipped to the image.
    """
    raw = raw.astype(np.float64)
    labels, scores = raw[4:].argmax(0), raw[4:].max(0)
    centre, half = raw[:2], raw[2:4] / 2
    corners = np.concatenate([centre - half, centre + half]).T
    # A stable order, so that equal scores are taken in the order of the anchors.
    left = [i for i in np.argsort(-scores, kind="stable") if scores[i] >= threshold]
    kept = []
    while left and len(kept) < most:
        best, *rest = left
        kept.append(best)
        overlap = iou_of(corners[best], corners[rest])
        left = [i for i, o in zip(rest, overlap) if labels[i] != labels[best] or o <= iou]
    return [(int(labels[i]), float(scores[i]), *np.clip(corners[i], 0, side).tolist()) for i in kept]


def average_precision(found, truth, label, at):
    """COCO's: precision at 101 recalls. `found` and `truth` hold one list an image, of (label, confidence, corners) and
    (label, corners)."""
    wanted = [np.array([box[1:] for box in boxes if box[0] == label]).reshape(-1, 4) for boxes in truth]
    hits = []
    for image, boxes in enumerate(found):
        taken = np.zeros(len(wanted[image]), bool)
        for box in boxes:
            if box[0] != label:
                continue
            overlap = np.where(taken, -1, iou_of(np.array(box[2:]), wanted[image]))
            best = overlap.argmax() if len(overlap) else -1
            hit = best >= 0 and overlap[best] >= at
            if hit:
                taken[best] = True
            hits.append((box[1], hit))
    hits.sort(key=lambda one: -one[0])
    right = np.cumsum([hit for _, hit in hits])
    precision = right / np.arange(1, len(hits) + 1)
    recall = right / max(1, sum(len(boxes) for boxes in wanted))
    best_from = np.maximum.accumulate(precision[::-1])[::-1]
    at_recalls = np.searchsorted(recall, np.linspace(0, 1, 101))
    return float(np.mean([best_from[i] if i < len(best_from) else 0 for i in at_recalls]))
