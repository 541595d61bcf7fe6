"""Reads a run's event files as TensorBoard does and holds them against the run's table.

    python read_event_files.py RUN EVENTS

Needs `tensorboard` (2.21 was seen). Every cell of RUN/metrics.csv must be there once, at its step, rounded to a float.
"""
import csv
import struct
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import plugin_data_pb2


def rounded(number):
    return struct.unpack("f", struct.pack("f", number))[0]


def main(run, events):
    everything = dict.fromkeys(["scalars", "tensors", "histograms", "compressedHistograms"], 0)
    reader = EventAccumulator(events, size_guidance=everything)
    reader.Reload()
    tags = reader.Tags()
    with open(f"{run}/metrics.csv") as table:
        rows = list(csv.DictReader(table))
    cells = 0
    for column in rows[0]:
        expected = [(int(row["step"]), rounded(float(row[column]))) for row in rows if row[column]]
        if column == "step" or not expected:
            continue
        found = [(point.step, point.value) for point in reader.Scalars("metrics/" + column)]
        assert found == expected, (column, found[:3], expected[:3])
        cells += len(found)
    for tag in tags["histograms"]:
        steps = [point.step for point in reader.Histograms(tag)]
        assert steps == sorted(set(steps)), (tag, steps)
    text = reader.Tensors("configuration/text_summary")[0].tensor_proto.string_val[0].decode()
    assert text.startswith("```json\n{"), text[:20]
    start = plugin_data_pb2.HParamsPluginData.FromString(
        reader.SummaryMetadata("_hparams_/session_start_info").plugin_data.content)
    others = len([tag for tag in tags["scalars"] if not tag.startswith("metrics/")])
    print(f"{cells} cells, {others} other scalars, {len(tags['histograms'])} histograms, "
          f"{len(start.session_start_info.hparams)} hyperparameters: as they should be")


if __name__ == "__main__":
    main(*sys.argv[1:])
