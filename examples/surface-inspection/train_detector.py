#!/usr/bin/env python3
"""Trains the two committed bundles of surface-defects, the example's detector, offline.

Reads   images/train-boxes and images/test-boxes (annotations.json with images/), as the generator writes them
Writes  bundles/surface-defects/1.0.0 and 2.0.0: model.fp32.onnx, bundle.json, golden/*.png

1.0.0 is a small network trained briefly on few images; 2.0.0 is wider and sees all of them. Needs torch, onnx,
onnxruntime, numpy and Pillow; about five minutes on two cores. Golden expectations are what onnxruntime gives on the
golden PNGs, decoded in detections.py.
"""

import json
import pathlib
import shutil

import numpy as np
import onnx
import onnxruntime
import torch
from PIL import Image
from torch import nn
from torch.nn import functional as F

from detections import average_precision, decode
from train import IMAGES, HERE, MEAN, SIDE, STD, block

LABELS = ["dent", "scratch", "spot"]
STRIDES = [8, 16]
THRESHOLD, IOU, MOST = 0.25, 0.45, 20
# Two spots, and never more, lie on one image.
MAX_BOXES = 2


def load(split):
    """Grey images [n, 1, 96, 96], and boxes [n, 2, 5] of label (-1 for none) and corners."""
    folder = IMAGES / f"{split}-boxes"
    if not folder.exists():
        raise SystemExit(f"no images in {folder}: generate them first (see README.md)")
    coco = json.loads((folder / "annotations.json").read_text())
    names = {category["id"]: category["name"] for category in coco["categories"]}
    rows = {image["id"]: row for row, image in enumerate(coco["images"])}
    paths = [folder / image["file_name"] for image in coco["images"]]
    pixels = np.stack([np.asarray(Image.open(path).convert("L")) for path in paths])
    boxes = torch.full((len(paths), MAX_BOXES, 5), -1.0)
    filled = [0] * len(paths)
    for one in coco["annotations"]:
        x, y, width, height = one["bbox"]
        row = rows[one["image_id"]]
        label = LABELS.index(names[one["category_id"]])
        boxes[row, filled[row]] = torch.tensor([label, x, y, x + width, y + height], dtype=torch.float)
        filled[row] += 1
    x = torch.from_numpy(pixels).float().div(255).sub(MEAN).div(STD).unsqueeze(1)
    return x, boxes, paths


class Detector(nn.Module):
    """Grey image [batch, 1, 96, 96] to [batch, 4 + 3, 180]: cx cy w h in pixels, then a score for each label."""

    def __init__(self, width):
        super().__init__()
        w = width
        self.stem = nn.Sequential(
            nn.Conv2d(1, w, 5, 2, 2, bias=False), nn.BatchNorm2d(w), nn.ReLU(), block(w, 2 * w, 2), block(2 * w, 2 * w, 1)
        )
        self.fine = nn.Sequential(block(2 * w, 4 * w, 2), block(4 * w, 4 * w, 1), block(4 * w, 4 * w, 1))
        self.coarse = nn.Sequential(block(4 * w, 4 * w, 2), block(4 * w, 4 * w, 1), block(4 * w, 4 * w, 1))
        self.down = block(4 * w, 4 * w, 1)
        self.heads = nn.ModuleList()
        for _ in STRIDES:
            head = nn.Sequential(block(4 * w, 4 * w, 1), nn.Conv2d(4 * w, 4 + len(LABELS), 1))
            # Nearly all anchors see no defect: begin there.
            nn.init.constant_(head[1].bias[4:], -4.0)
            self.heads.append(head)
        grids = [SIDE // stride for stride in STRIDES]
        centres = [
            torch.stack(torch.meshgrid(torch.arange(g), torch.arange(g), indexing="xy")).flatten(1).add(0.5) * s
            for g, s in zip(grids, STRIDES)
        ]
        self.register_buffer("centres", torch.cat(centres, 1))
        self.register_buffer("strides", torch.cat([torch.full((g * g,), float(s)) for g, s in zip(grids, STRIDES)]))

    def raw(self, image):
        """Corners [batch, 4, N] in pixels and logits [batch, 3, N]."""
        fine = self.fine(self.stem(image))
        coarse = self.coarse(fine)
        fine = self.down(fine + F.interpolate(coarse, scale_factor=2.0, mode="nearest"))
        # Reshaped to constants, so that the file says how many anchors there are.
        levels = zip(self.heads, [fine, coarse], STRIDES)
        x = torch.cat([head(level).reshape(-1, 4 + len(LABELS), (SIDE // s) ** 2) for head, level, s in levels], 2)
        # Distances from the anchor to the four sides.
        sides = F.softplus(x[:, :4]) * self.strides
        return torch.cat([self.centres - sides[:, :2], self.centres + sides[:, 2:]], 1), x[:, 4:]

    def forward(self, image):
        corners, logits = self.raw(image)
        low, high = corners[:, :2], corners[:, 2:]
        return torch.cat([(low + high) / 2, high - low, logits.sigmoid()], 1)


def iou_and_giou(a, b):
    """Of boxes [..., 4] given by their corners."""
    both = (torch.minimum(a[..., 2:], b[..., 2:]) - torch.maximum(a[..., :2], b[..., :2])).clamp_min(0).prod(-1)
    hull = (torch.maximum(a[..., 2:], b[..., 2:]) - torch.minimum(a[..., :2], b[..., :2])).prod(-1)
    either = (a[..., 2:] - a[..., :2]).prod(-1) + (b[..., 2:] - b[..., :2]).prod(-1) - both
    iou = both / either.clamp_min(1e-6)
    return iou, iou - (hull - either) / hull.clamp_min(1e-6)


def assign(model, corners, logits, boxes):
    """Which anchor answers for which box, by how well it does already (task-aligned assignment, TOOD).

    Answers, for each anchor, the box's index [batch, N], and the score to learn [batch, N], 0 for background.
    """
    there, target = boxes[..., 0] >= 0, boxes[..., 1:]
    iou, _ = iou_and_giou(corners.transpose(1, 2)[:, None], target[:, :, None])
    label = boxes[..., 0].clamp_min(0).long()
    score = logits.sigmoid().gather(1, label[..., None].expand(-1, -1, logits.shape[2]))
    centre = (target[..., :2] + target[..., 2:]) / 2
    # Near enough: inside the box, or beside the middle of one that is smaller than the anchor's cell.
    inside = torch.minimum(
        (model.centres.T - target[:, :, None, :2]).amin(-1), (target[:, :, None, 2:] - model.centres.T).amin(-1)
    )
    beside = (model.centres.T - centre[:, :, None]).abs().amax(-1) < 0.75 * model.strides
    allowed = ((inside > 0) | beside) & there[..., None]
    fit = (score.sqrt() * iou.pow(3) + 1e-9) * allowed
    top = fit.topk(8, -1)
    chosen = torch.zeros_like(fit).scatter_(-1, top.indices, 1.0) * allowed
    fit = fit * chosen
    best, owner = fit.max(1)
    strongest = fit.amax(-1, keepdim=True).clamp_min(1e-12)
    closest = (iou * chosen).amax(-1, keepdim=True)
    quality = (fit / strongest * closest).gather(1, owner[:, None])[:, 0]
    return owner, torch.where(best > 0, quality, torch.zeros_like(quality))


def loss_of(model, x, boxes):
    corners, logits = model.raw(x)
    with torch.no_grad():
        owner, quality = assign(model, corners, logits, boxes)
    own = boxes.gather(1, owner[..., None].expand(-1, -1, 5))
    wanted = F.one_hot(own[..., 0].clamp_min(0).long(), len(LABELS)) * quality[..., None]
    share = quality.sum().clamp_min(1.0)
    scores = F.binary_cross_entropy_with_logits(logits.transpose(1, 2), wanted, reduction="sum") / share
    _, giou = iou_and_giou(corners.transpose(1, 2), own[..., 1:])
    return scores + 2.5 * ((1 - giou) * quality).sum() / share


def flipped(x, boxes, across):
    """Mirrors images and boxes, left to right (across) or upside down."""
    low, high = (1, 3) if across else (2, 4)
    turned = boxes.clone()
    turned[..., low], turned[..., high] = SIDE - boxes[..., high], SIDE - boxes[..., low]
    return x.flip(3 if across else 2), turned


def train(width, images, epochs, seed):
    torch.manual_seed(seed)
    x, boxes, _ = load("train")
    keep = torch.randperm(len(x))[:images]
    x, boxes = x[keep], boxes[keep]
    model = Detector(width)
    optimizer = torch.optim.AdamW(model.parameters(), 4e-3, weight_decay=1e-2)
    steps = epochs * (len(x) // 64)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 8e-3, total_steps=steps, pct_start=0.2)
    for epoch in range(epochs):
        model.train()
        order, total = torch.randperm(len(x)), 0.0
        for start in range(0, len(x) - 63, 64):
            pick = order[start : start + 64]
            batch = (x[pick] * (0.85 + 0.3 * torch.rand(64, 1, 1, 1)), boxes[pick])
            for across in [True, False]:
                if torch.rand(()) < 0.5:
                    batch = flipped(*batch, across)
            loss = loss_of(model, *batch)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 10.0)
            optimizer.step()
            schedule.step()
            total += loss.item()
        print(f"  epoch {epoch + 1} of {epochs}: loss {total * 64 / len(x):.3f}", flush=True)
    return model.eval()


def export(network, path):
    torch.onnx.export(
        network,
        (torch.zeros(1, 1, SIDE, SIDE),),
        str(path),
        input_names=["image"],
        output_names=["output0"],
        dynamic_axes={"image": {0: "batch"}, "output0": {0: "batch"}},
        opset_version=17,
        dynamo=False,
    )
    # The exporter leaves the output's lengths open, though the file fixes them.
    model = onnx.shape_inference.infer_shapes(onnx.load(str(path)), data_prop=True)
    del model.graph.value_info[:]
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, str(path))


def runner(path):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return lambda x: session.run(None, {"image": x.numpy()})[0]


def quality(run):
    x, boxes, _ = load("test")
    found = [decode(raw, 0.001, IOU, 100, SIDE) for raw in run(x)]
    truth = [[tuple(box) for box in image if box[0] >= 0] for image in boxes.tolist()]
    at_half = [average_precision(found, truth, label, 0.5) for label in range(len(LABELS))]
    every = [
        average_precision(found, truth, label, at) for at in np.arange(0.5, 1, 0.05) for label in range(len(LABELS))
    ]
    each = ", ".join(f"{label} {ap:.3f}" for label, ap in zip(LABELS, at_half))
    return f"mAP@0.5 {np.mean(at_half):.3f} ({each}), mAP@[.5:.95] {np.mean(every):.3f}"


def golden_samples(folder, run):
    """Two test images of each label and two good ones, none of them a matter of the threshold."""
    x, boxes, paths = load("test")
    (folder / "golden").mkdir()
    samples = []
    for label in [*range(len(LABELS)), -1]:
        taken = 0
        for i in np.flatnonzero(boxes[:, 0, 0].numpy() == label):
            raw = run(x[i : i + 1])[0]
            if len(decode(raw, THRESHOLD - 0.1, IOU, MOST, SIDE)) != len(decode(raw, THRESHOLD + 0.1, IOU, MOST, SIDE)):
                continue
            name = f"golden/{len(samples)}.png"
            shutil.copy(paths[i], folder / name)
            detections = [
                {
                    "label": LABELS[best],
                    "confidence": round(confidence, 5),
                    "box": {"x": round(x1, 3), "y": round(y1, 3), "width": round(x2 - x1, 3), "height": round(y2 - y1, 3)},
                }
                for best, confidence, x1, y1, x2, y2 in decode(raw, THRESHOLD, IOU, MOST, SIDE)
            ]
            samples.append({"file": name, "expect": {"detections": detections, "tolerance": 0.02}})
            taken += 1
            if taken == 2:
                break
    return samples


def write_bundle(version, model):
    folder = HERE / "bundles" / "surface-defects" / version
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    export(model, folder / "model.fp32.onnx")
    run = runner(folder / "model.fp32.onnx")
    bundle = {
        "schema": "hamon.bundle/2",
        "model": "surface-defects",
        "version": version,
        "task": "detection",
        "input": {
            "name": "image",
            "layout": "NCHW",
            "width": SIDE,
            "height": SIDE,
            "channels": 1,
            "dtype": "float32",
            "resize": "stretch",
            "scale": 1 / 255,
            "mean": [MEAN],
            "std": [STD],
        },
        "output": {
            "format": "yolo",
            "name": "output0",
            "scoreActivation": "none",
            "labels": LABELS,
            "threshold": THRESHOLD,
            "iou": IOU,
            "maxDetections": MOST,
        },
        "variants": [{"name": "fp32", "file": "model.fp32.onnx"}],
        "golden": golden_samples(folder, run),
        "budgets": {"p95Ms": 50, "rssMb": 300},
    }
    (folder / "bundle.json").write_text(json.dumps(bundle, indent=2) + "\n")
    print(f"{version}: {quality(run)}", flush=True)


def main():
    torch.set_num_threads(2)
    for version, settings in {
        "1.0.0": {"width": 8, "images": 2000, "epochs": 20, "seed": 1},
        "2.0.0": {"width": 12, "images": 6000, "epochs": 10, "seed": 2},
    }.items():
        write_bundle(version, train(**settings))


if __name__ == "__main__":
    main()
