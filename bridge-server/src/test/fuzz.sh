#!/usr/bin/env bash
# Fuzzes what strangers send with Jazzer, each target for so many seconds: the protocol machines of the LiveKit
# engine, and chunks, joins, sounds, tokens and URLs, and the configuration of callers and operators:
#   bridge-server/src/test/fuzz.sh [SECONDS [TARGET...]]     targets: signal sdp ice records sctp rtp
#                                                                     chunks joins sounds callers config
# What it finds is left in target/fuzz/TARGET; a crash is run again by giving its file to Jazzer.
set -euo pipefail
cd "$(dirname "$0")/../../.."

seconds=${1:-60}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(signal sdp ice records sctp rtp chunks joins sounds callers config)
version=0.24.0
root=dev.livekitbridge.server.room.livekit
declare -A class=(
  [signal]=$root.signal.SignalFuzz [sdp]=$root.sdp.SdpFuzz [ice]=$root.ice.IceFuzz
  [records]=$root.dtls.RecordsFuzz [sctp]=$root.sctp.SctpFuzz [rtp]=$root.rtp.RtpFuzz
)

mkdir -p target/fuzz

mvn -q -B dependency:copy -Dartifact="com.code-intelligence:jazzer:$version" -DoutputDirectory=target/fuzz -pl .
mvn -q -B dependency:copy -Dartifact="com.code-intelligence:jazzer-api:$version" -DoutputDirectory=target/fuzz -pl .
mvn -q -B test-compile dependency:build-classpath -Dspotless.check.skip=true -Dmdep.outputFile="$PWD/target/fuzz/classpath" -pl examples -am
classpath=bridge-server/target/test-classes:bridge-server/target/classes:examples/target/test-classes:examples/target/classes:$(cat target/fuzz/classpath)

for target in "${targets[@]}"; do
  printf '\n== %s, %s s\n' "$target" "$seconds"
  mkdir -p "target/fuzz/$target"
  java -Xmx512m -cp "target/fuzz/jazzer-$version.jar:target/fuzz/jazzer-api-$version.jar:$classpath" \
    com.code_intelligence.jazzer.Jazzer --target_class="${class[$target]}" \
    --instrumentation_includes="dev.livekitbridge.**" --reproducer_path="target/fuzz/$target" \
    -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -artifact_prefix="target/fuzz/$target/" \
    -print_final_stats=1 "target/fuzz/$target"
done
