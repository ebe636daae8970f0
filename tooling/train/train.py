"""Train a small language model. Resumable, and stops by itself before --minutes are over."""

import argparse
import json
import math
import random
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from tokenizers import Tokenizer

from models import build, load
from prepare_data import read_documents

BOS, EOS, PAD, IGNORE = 1, 2, 0, -100


def encode(path, tokenizer, longest):
    """Documents as id arrays: bos, text, end of text."""
    encoded = tokenizer.encode_batch(read_documents(path), add_special_tokens=False)
    return [np.array([BOS, *e.ids[: longest - 2], EOS], dtype=np.int64) for e in encoded]


def pack(documents, width, rng):
    """Shuffled documents in rows of at most `width` inputs, each where it fits best."""
    order = list(range(len(documents)))
    rng.shuffle(order)
    rows, free = [], [[] for _ in range(width + 1)]
    for index in order:
        size = len(documents[index]) - 1
        room = next((r for r in range(size, width + 1) if free[r]), None)
        if room is None:
            row, room = [], width
            rows.append(row)
        else:
            row = free[room].pop()
        row.append(index)
        free[room - size].append(row)
    rng.shuffle(rows)
    return rows


def collate(documents, rows, width):
    inputs = np.full((len(rows), width), PAD, dtype=np.int64)
    targets = np.full((len(rows), width), IGNORE, dtype=np.int64)
    for line, row in enumerate(rows):
        at = 0
        for index in row:
            ids = documents[index]
            end = at + len(ids) - 1
            inputs[line, at:end], targets[line, at:end] = ids[:-1], ids[1:]
            at = end
    return torch.from_numpy(inputs), torch.from_numpy(targets)


def summed_loss(model, inputs, targets):
    """Sum of -log p over the targets."""
    logits = model.head(model.hidden(inputs, inputs == BOS)).float()
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=IGNORE, reduction="sum")


@torch.no_grad()
def bits_per_byte(model, documents, size, options, autocast):
    model.eval()
    total = 0.0
    rows = pack(documents, options.longest, random.Random(0))
    for at in range(0, len(rows), options.rows):
        inputs, targets = collate(documents, rows[at : at + options.rows], options.longest)
        with autocast():
            total += summed_loss(model, inputs.to(options.device), targets.to(options.device)).item()
    model.train()
    return total / math.log(2) / size


def distillation_loss(model, teachers, inputs, targets, soft):
    """Mean over the targets of soft · cross-entropy with the teachers' mean distribution + (1 - soft) · -log p."""
    starts = inputs == BOS
    with torch.no_grad():
        mean = sum(torch.softmax(teacher.head(teacher.hidden(inputs, starts)).float(), -1) for teacher in teachers) / len(teachers)
    logits = torch.log_softmax(model.head(model.hidden(inputs, starts)).float(), -1)
    real = targets != IGNORE
    own = -logits.gather(-1, targets.clamp(min=0).unsqueeze(-1)).squeeze(-1)
    loss = soft * -(mean * logits).sum(-1) + (1 - soft) * own
    return (loss * real).sum() / real.sum()


def storable(value):
    """The nearest bf16, made exact in f16 too: below 2^-17 a multiple of 2^-24."""
    return value.to(torch.bfloat16).to(torch.float16).to(torch.bfloat16)


def learning_rate(step, options):
    if step < options.warmup:
        return options.lr * (step + 1) / options.warmup
    progress = (step - options.warmup) / max(1, options.steps - options.warmup)
    return options.lr * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, progress))))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that prepare_data.py wrote")
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--config", type=Path, required=True, help="config.json of the model to train")
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--stop", type=int, default=10**9, help="step to stop at, before the schedule's end")
    parser.add_argument("--rows", type=int, default=32, help="rows a step")
    parser.add_argument("--longest", type=int, default=1024, help="tokens of a row, and kept of one document")
    parser.add_argument("--lr", type=float, default=3e-3)
    parser.add_argument("--warmup", type=int, default=200)
    parser.add_argument("--decay", type=float, default=0.1, help="weight decay of matrices")
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--average", type=float, default=0.998, help="decay of the averaged weights, which are the ones saved")
    parser.add_argument("--books", type=float, default=0.0, help="share of batches from books.txt in the first 60 %% of steps")
    parser.add_argument("--teachers", type=Path, nargs="*", default=[], help="folders of trained models to distil")
    parser.add_argument("--soft", type=float, default=0.75, help="share of the teachers' distribution in the loss")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--every", type=int, default=500, help="steps between checkpoints")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args()
    started = time.time()

    options.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(options.seed)
    rng = random.Random(options.seed)
    tokenizer = Tokenizer.from_file(str(options.tokenizer))
    train = encode(options.data / "train.txt", tokenizer, options.longest)
    valid = encode(options.data / "valid.txt", tokenizer, options.longest)
    valid_size = sum(len(text.encode()) for text in read_documents(options.data / "valid.txt"))
    books = encode(options.data / "books.txt", tokenizer, options.longest) if options.books else []

    config = json.loads(options.config.read_text())
    assert config["vocab_size"] == tokenizer.get_vocab_size()
    model = build(config, options.dropout).to(options.device)
    teachers = [load(folder).to(options.device) for folder in options.teachers]
    average = {name: value.detach().clone() for name, value in model.state_dict().items()}
    matrices = [p for p in model.parameters() if p.ndim == 2]
    others = [p for p in model.parameters() if p.ndim != 2]
    cuda = options.device == "cuda"
    rate = torch.zeros((), device=options.device) if cuda else 0.0
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": options.decay}, {"params": others, "weight_decay": 0.0}],
        lr=rate,
        betas=(0.9, 0.98),
        fused=cuda,
        capturable=cuda,
    )
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters, {sum(map(len, train)):,} training tokens", flush=True)

    step, epoch, schedule = 0, 0, []
    checkpoint = options.out / "checkpoint.pt"
    if checkpoint.exists():
        saved = torch.load(checkpoint, map_location=options.device, weights_only=False)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        average, step, epoch, schedule = saved["average"], saved["step"], saved["epoch"], saved["schedule"]
        rng.setstate(saved["random"])
        print(f"resumed at step {step}", flush=True)

    def autocast():
        return torch.autocast(options.device, torch.bfloat16, enabled=cuda)

    def evaluate():
        """Score the averaged weights as they are stored, and save them."""
        current = {name: value.clone() for name, value in model.state_dict().items()}
        rounded = {name: storable(value) for name, value in average.items()}
        model.load_state_dict({name: value.float() for name, value in rounded.items()})
        bits = bits_per_byte(model, valid, valid_size, options, autocast)
        model.load_state_dict(current)
        save_file({name: value.cpu().contiguous() for name, value in rounded.items()}, options.out / "model.safetensors", metadata={"format": "pt"})
        (options.out / "config.json").write_text(json.dumps(config, indent=2) + "\n")
        return bits

    def save():
        torch.save(
            {
                "model": model.state_dict(),
                "optimizer": optimizer.state_dict(),
                "average": average,
                "step": step,
                "epoch": epoch,
                "schedule": schedule,
                "random": rng.getstate(),
            },
            checkpoint,
        )

    inputs = torch.zeros((options.rows, options.longest), dtype=torch.int64, device=options.device)
    targets = torch.zeros_like(inputs)

    def update():
        with autocast():
            if teachers:
                loss = distillation_loss(model, teachers, inputs, targets, options.soft)
            else:
                loss = summed_loss(model, inputs, targets) / (targets != IGNORE).sum()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        return loss.detach()

    # A step is thousands of small kernels: on CUDA it is recorded once and replayed.
    graph, side = None, torch.cuda.Stream() if cuda else None
    warm = 0
    averages, current = zip(*((average[name], value) for name, value in model.state_dict().items()))
    model.train()
    losses, clock, last = [], time.time(), step
    while step < min(options.steps, options.stop) and time.time() - started < options.minutes * 60:
        if not schedule:
            epoch += 1
            rows = pack(train, options.longest, rng)
            schedule = [("train", rows[i : i + options.rows]) for i in range(0, len(rows) - options.rows + 1, options.rows)]
            if books and step < 0.6 * options.steps:
                rows = pack(books, options.longest, rng)
                extra = [("books", rows[i : i + options.rows]) for i in range(0, len(rows) - options.rows + 1, options.rows)]
                schedule += extra[: int(len(schedule) * options.books / (1 - options.books))]
                rng.shuffle(schedule)
        source, rows = schedule.pop()
        batch = collate(train if source == "train" else books, rows, options.longest)
        inputs.copy_(batch[0], non_blocking=True)
        targets.copy_(batch[1], non_blocking=True)
        for group in optimizer.param_groups:
            if cuda:
                group["lr"].fill_(learning_rate(step, options))
            else:
                group["lr"] = learning_rate(step, options)
        if graph is not None:
            graph.replay()
        elif cuda and warm == 3:
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph):
                loss = update()
            graph.replay()
        else:
            warm += 1
            if cuda:
                side.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(side):
                loss = update()
                optimizer.zero_grad(set_to_none=True)
            if cuda:
                torch.cuda.current_stream().wait_stream(side)
        step += 1
        with torch.no_grad():
            torch._foreach_lerp_(averages, current, 1 - min(options.average, step / (step + 10)))
        if step % 20 == 0:
            losses.append(loss.item())
        if step % options.every == 0 or step == options.steps:
            line = {
                "step": step,
                "epoch": epoch,
                "loss": round(float(np.mean(losses or [0.0])), 4),
                "valid": round(evaluate(), 4),
                "steps/s": round((step - last) / (time.time() - clock), 2),
            }
            print(json.dumps(line), flush=True)
            with (options.out / "log.jsonl").open("a") as log:
                log.write(json.dumps(line) + "\n")
            save()
            losses, clock, last = [], time.time(), step
    save()
    print(f"stopped at step {step} after {time.time() - started:.0f} s, valid {evaluate():.4f} bits per byte", flush=True)


if __name__ == "__main__":
    main()
