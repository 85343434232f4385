#!/bin/bash
# A virtual microphone and virtual speakers, for real capture and playback on a machine without sound hardware.
#
#   eval "$(scripts/virtual_audio.sh start DIR)"   start, and export what PortAudio needs (before sounddevice is imported)
#   scripts/virtual_audio.sh stop DIR              stop exactly the processes that start began
#
# The program under test uses the default devices. Then:
#   speak into the microphone:   paplay --device=mic_cable --latency-msec=20 candidate.wav
#   hear what the program says:  parecord --device=speakers.monitor heard.wav
#   let the microphone hear the speakers (echo):
#     pactl load-module module-loopback source=speakers.monitor sink=mic_cable latency_msec=30
#   unplug the microphone:       pactl unload-module module-remap-source
#   plug it in again:            pactl load-module module-remap-source source_name=mic master=mic_cable.monitor
#
# Needs (Debian): pulseaudio pulseaudio-utils libasound2-plugins libportaudio2. Works as root and without /dev/snd.
set -eu
verb=${1:-}
dir=${2:-}
[ -n "$dir" ] || { echo "usage: $0 start|stop DIR" >&2; exit 2; }
case $verb in
start)
  mkdir -p "$dir/run" "$dir/home"
  dir=$(cd "$dir" && pwd)
  chmod 700 "$dir/run"
  cat > "$dir/pulse.pa" <<'A'
load-module module-native-protocol-unix auth-anonymous=1
load-module module-null-sink sink_name=speakers rate=48000 channels=2
load-module module-null-sink sink_name=mic_cable rate=48000 channels=1
load-module module-remap-source source_name=mic master=mic_cable.monitor
set-default-sink speakers
set-default-source mic
A
  cat > "$dir/asound.conf" <<'A'
</usr/share/alsa/alsa.conf>
pcm.!default { type pulse }
ctl.!default { type pulse }
pcm.mic       { type pulse device mic                hint { show on description "virtual microphone" } }
pcm.mic_cable { type pulse device mic_cable          hint { show on description "plays into the microphone" } }
pcm.speakers  { type pulse device speakers           hint { show on description "virtual speakers" } }
pcm.heard     { type pulse device "speakers.monitor" hint { show on description "what the speakers play" } }
A
  export XDG_RUNTIME_DIR="$dir/run" PULSE_SERVER="unix:$dir/run/pulse/native" ALSA_CONFIG_PATH="$dir/asound.conf"
  HOME="$dir/home" pulseaudio -n -F "$dir/pulse.pa" --daemonize=no --exit-idle-time=-1 --log-target=file:"$dir/pulse.log" >/dev/null 2>&1 &
  echo $! > "$dir/pids"
  for _ in $(seq 100); do pactl info >/dev/null 2>&1 && break; sleep .1; done
  pactl info >/dev/null 2>&1 || { echo "virtual_audio: pulseaudio did not start, see $dir/pulse.log" >&2; exit 1; }
  # Kept warm: an idle sink wakes up one or two seconds late and swallows the first words. The microphone's cable
  # carries a faint noise, as every real microphone does; digital silence would mean that it is muted.
  pacat --record   --latency-msec=10 -d mic       >/dev/null 2>&1 & echo $! >> "$dir/pids"
  pacat --playback --latency-msec=10 -d speakers  </dev/zero >/dev/null 2>&1 & echo $! >> "$dir/pids"
  pacat --playback --latency-msec=10 -d mic_cable --volume=6000 </dev/urandom >/dev/null 2>&1 & echo $! >> "$dir/pids"
  sleep 2
  echo "export XDG_RUNTIME_DIR='$XDG_RUNTIME_DIR' PULSE_SERVER='$PULSE_SERVER' ALSA_CONFIG_PATH='$ALSA_CONFIG_PATH'"
  ;;
stop)
  if [ -f "$dir/pids" ]; then
    while read -r pid; do kill "$pid" 2>/dev/null || true; done < "$dir/pids"
    rm -f "$dir/pids"
  fi
  ;;
*)
  echo "usage: $0 start|stop DIR" >&2
  exit 2
  ;;
esac
