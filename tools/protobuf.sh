#!/usr/bin/env bash
# Makes Sources/EventFiles/Messages/*.pb.swift from the .proto files beside them, with the plug-in of the swift-protobuf that
# Package.resolved names. Needs protoc (Debian: protobuf-compiler).
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v protoc >/dev/null; then
    echo "error: protoc is not installed. As root: apt-get install protobuf-compiler" >&2
    exit 1
fi
swift build -c release --product protoc-gen-swift
bin=$(swift build -c release --show-bin-path)
cd Sources/EventFiles/Messages
protoc --plugin="$bin/protoc-gen-swift" --swift_opt=Visibility=Internal --swift_opt=UseAccessLevelOnImports=true \
    --swift_out=. ./*.proto
