#!/usr/bin/env bash
# Fuzzes what strangers send with Jazzer, each target for so many seconds: the protocol machines of the LiveKit
# engine, and chunks, joins, sounds, tokens and URLs, and the configuration of callers and operators:
#   bridge-server/src/test/fuzz.sh [SECONDS [TARGET...]]     targets: signal sdp ice records sctp rtp
#                                                                     chunks joins sounds callers config
#   JOBS=2                                                   how many at once (default 1)
#   FUZZ_COMPILED=yes                                        the test classes are there already
# The inputs that Jazzer keeps are in target/fuzz/TARGET, where the next run goes on from them. What breaks a target is
# left in target/fuzz/found/TARGET, is printed, and makes this command exit with 1; a crash is run again by giving its
# file to Jazzer in place of the folder.
set -euo pipefail
cd "$(dirname "$0")/../../.."

seconds=${1:-60}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(signal sdp ice records sctp rtp chunks joins sounds callers config)
version=0.24.0
server=dev.livekitbridge.server
engine=$server.room.livekit
declare -A class=(
  [signal]=$engine.signal.SignalFuzz [sdp]=$engine.sdp.SdpFuzz [ice]=$engine.ice.IceFuzz
  [records]=$engine.dtls.RecordsFuzz [sctp]=$engine.sctp.SctpFuzz [rtp]=$engine.rtp.RtpFuzz
  [chunks]=$server.session.ChunkFuzz [joins]=$server.session.JoinFuzz [sounds]=$server.playback.SoundFuzz
  [callers]=$server.guard.CallerFuzz [config]=dev.livekitbridge.examples.config.ConfigurationFuzz
)
for target in "${targets[@]}"; do
  [ -n "${class[$target]:-}" ] || { echo "no target \"$target\"; there are: ${!class[*]}" >&2; exit 2; }
done

mkdir -p target/fuzz/found
for artifact in jazzer jazzer-api; do
  [ -e "target/fuzz/$artifact-$version.jar" ] ||
    mvn -q -B dependency:copy -Dartifact="com.code-intelligence:$artifact:$version" -DoutputDirectory=target/fuzz -pl .
done
goals=(test-compile)
[ -z "${FUZZ_COMPILED:-}" ] || goals=(test-compile -Dmaven.main.skip -Dmaven.test.skip)
mvn -q -B "${goals[@]}" dependency:build-classpath -Dspotless.check.skip=true \
  -Dmdep.outputFile="$PWD/target/fuzz/classpath" -pl examples -am
modules=(proto bridge-core bridge-client bridge-server examples)
classpath=$(for module in "${modules[@]}"; do printf '%s:' "$module/target/test-classes" "$module/target/classes"; done)
classpath=target/fuzz/jazzer-$version.jar:target/fuzz/jazzer-api-$version.jar:$classpath$(cat target/fuzz/classpath)

fuzz() {
  local target=$1 log=target/fuzz/$1.log
  mkdir -p "target/fuzz/$target" "target/fuzz/found/$target"
  java -Dlogback.statusListenerClass=ch.qos.logback.core.status.NopStatusListener -cp "$classpath" "$seeder" "$2" "target/fuzz/$target"
  if java -Xmx512m -Dlogback.statusListenerClass=ch.qos.logback.core.status.NopStatusListener \
      -cp "$classpath" com.code_intelligence.jazzer.Jazzer --target_class="$2" \
      --instrumentation_includes="dev.livekitbridge.**" --custom_hook_includes="dev.livekitbridge.**" --reproducer_path="target/fuzz/found/$target" \
      -max_total_time="$seconds" -timeout=60 -rss_limit_mb=2048 -artifact_prefix="target/fuzz/found/$target/" \
      -print_final_stats=1 "target/fuzz/$target" >"$log" 2>&1 &&
    [ -n "$(sed -n 's/^stat::number_of_executed_units: *\([1-9]\)/\1/p' "$log")" ]; then
    printf '%-8s %s s: %s inputs, nothing found\n' "$target" "$seconds" \
      "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
  else
    printf '%-8s BROKE, see %s and target/fuzz/found/%s\n' "$target" "$log" "$target"
    tail -n 40 "$log"
    return 1
  fi
}
export -f fuzz
seeder=$engine.fuzz.SeedFiles
export classpath seconds seeder

for target in "${targets[@]}"; do printf '%s\0%s\0' "$target" "${class[$target]}"; done |
  xargs -0 -n 2 -P "${JOBS:-1}" bash -c 'fuzz "$@"' fuzz || exit 1
