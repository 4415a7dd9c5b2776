#!/usr/bin/env python3
"""Trains the two committed bundles of this example, offline.

Reads   images/train/LABEL/*.png and images/test/LABEL/*.png, as the generator writes them
Writes  bundles/1.0.0 and bundles/2.0.0: model.fp32.onnx, bundle.json, golden/*.png

1.0.0 is a small network trained briefly on few images; 2.0.0 is wider and sees all of them. Needs torch, onnx,
numpy and Pillow; a few minutes on two cores. Golden expectations are computed with torch on the golden PNGs.
"""

import json
import pathlib
import shutil

import numpy as np
import onnx
import torch
from PIL import Image
from torch import nn
from torch.nn import functional as F

HERE = pathlib.Path(__file__).parent
IMAGES = HERE / "images"
LABELS = ["dent", "good", "scratch", "spot"]
SIDE, MEAN, STD = 96, 0.5, 0.2


def load(split):
    pixels, targets = [], []
    for target, label in enumerate(LABELS):
        for path in sorted((IMAGES / split / label).glob("*.png")):
            pixels.append(np.asarray(Image.open(path).convert("L")))
            targets.append(target)
    if not pixels:
        raise SystemExit(f"no images in {IMAGES / split}: generate them first (see README.md)")
    x = torch.from_numpy(np.stack(pixels)).float().div(255).sub(MEAN).div(STD).unsqueeze(1)
    return x, torch.tensor(targets)


def block(inputs, outputs, stride):
    """Depthwise-separable convolution."""
    return nn.Sequential(
        nn.Conv2d(inputs, inputs, 3, stride, 1, groups=inputs, bias=False),
        nn.BatchNorm2d(inputs),
        nn.ReLU(),
        nn.Conv2d(inputs, outputs, 1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )


class Inspector(nn.Module):
    """Grey image [batch, 1, 96, 96] to class probabilities [batch, 4]."""

    def __init__(self, width):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, width, 5, 2, 2, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            block(width, 2 * width, 2),
            block(2 * width, 2 * width, 1),
            block(2 * width, 4 * width, 2),
            block(4 * width, 4 * width, 1),
        )
        self.head = nn.Linear(8 * width, len(LABELS))

    def forward(self, image):
        x = self.features(image)
        # Defects are local: the strongest response says more than the mean one.
        pooled = torch.cat([x.amax((2, 3)), x.mean((2, 3))], 1)
        return F.softmax(self.head(pooled), 1)


def train(width, images, epochs, seed):
    torch.manual_seed(seed)
    x, y = load("train")
    keep = torch.randperm(len(x))[:images]
    x, y = x[keep], y[keep]
    model = Inspector(width)
    optimizer = torch.optim.AdamW(model.parameters(), 3e-3, weight_decay=1e-2)
    steps = epochs * (len(x) // 64)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 6e-3, total_steps=steps)
    for _ in range(epochs):
        model.train()
        order = torch.randperm(len(x))
        for start in range(0, len(x) - 63, 64):
            pick = order[start : start + 64]
            batch = x[pick]
            if torch.rand(()) < 0.5:
                batch = batch.flip(3)
            if torch.rand(()) < 0.5:
                batch = batch.flip(2)
            loss = F.nll_loss(model(batch).clamp_min(1e-7).log(), y[pick])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return model.eval()


@torch.no_grad()
def accuracy(model, x, y):
    return (model(x).argmax(1) == y).float().mean().item()


def golden_samples(folder, model):
    samples = []
    (folder / "golden").mkdir()
    for label in LABELS:
        for path in sorted((IMAGES / "test" / label).glob("*.png"))[:2]:
            name = f"golden/{len(samples)}.png"
            shutil.copy(path, folder / name)
            grey = np.asarray(Image.open(path).convert("L"))
            image = torch.from_numpy(grey.copy()).float().div(255).sub(MEAN).div(STD)[None, None]
            with torch.no_grad():
                probabilities = model(image)[0].tolist()
            best = max(range(len(LABELS)), key=lambda i: probabilities[i])
            rounded = [round(p, 5) for p in probabilities]
            samples.append(
                {"file": name, "expect": {"label": LABELS[best], "probabilities": rounded, "tolerance": 0.02}}
            )
    return samples


def write_bundle(version, model):
    folder = HERE / "bundles" / version
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    path = folder / "model.fp32.onnx"
    torch.onnx.export(
        model,
        (torch.zeros(1, 1, SIDE, SIDE),),
        str(path),
        input_names=["image"],
        output_names=["probabilities"],
        opset_version=17,
        dynamo=False,
    )
    onnx.checker.check_model(onnx.load(str(path)))
    bundle = {
        "schema": "hamon.bundle/1",
        "model": "surface-inspection",
        "version": version,
        "task": "classification",
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
        "output": {"name": "probabilities", "activation": "none", "labels": LABELS},
        "variants": [{"name": "fp32", "file": "model.fp32.onnx"}],
        "golden": golden_samples(folder, model),
        "budgets": {"p95Ms": 50, "rssMb": 300},
    }
    (folder / "bundle.json").write_text(json.dumps(bundle, indent=2) + "\n")


def main():
    torch.set_num_threads(2)
    x, y = load("test")
    for version, settings in {
        "1.0.0": {"width": 8, "images": 2000, "epochs": 11, "seed": 1},
        "2.0.0": {"width": 16, "images": 6000, "epochs": 16, "seed": 2},
    }.items():
        model = train(**settings)
        print(f"{version}: test accuracy {accuracy(model, x, y):.3f}", flush=True)
        write_bundle(version, model)


if __name__ == "__main__":
    main()
