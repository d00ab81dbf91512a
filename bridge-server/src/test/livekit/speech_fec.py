"""Made src/test/resources/audio/speech-libopus-fec.bin: Opus packets of another encoder, libopus
1.3.1, with in-band redundancy (RFC 6716 section 2.1.7). Each packet has its length before it, two
bytes, big-endian. Usage: python3 speech_fec.py speech-16k-mono.wav speech-libopus-fec.bin"""

import ctypes
import struct
import sys
import wave

VOIP = 2048
SET_BITRATE, SET_COMPLEXITY, SET_INBAND_FEC, SET_PACKET_LOSS = 4002, 4010, 4012, 4014
FROM_SECOND, SECONDS = 2, 4

opus = ctypes.CDLL("libopus.so.0")
opus.opus_encoder_create.restype = ctypes.c_void_p
with wave.open(sys.argv[1]) as speech:
    assert speech.getframerate() == 16000 and speech.getnchannels() == 1
    pcm = speech.readframes(speech.getnframes())
error = ctypes.c_int()
encoder = ctypes.c_void_p(opus.opus_encoder_create(16000, 1, VOIP, ctypes.byref(error)))
for request, value in (
    (SET_BITRATE, 24000),
    (SET_INBAND_FEC, 1),
    (SET_PACKET_LOSS, 20),
    (SET_COMPLEXITY, 10),
):
    assert opus.opus_encoder_ctl(encoder, ctypes.c_int(request), ctypes.c_int(value)) == 0
out = (ctypes.c_ubyte * 1275)()
with open(sys.argv[2], "wb") as file:
    for frame in range(FROM_SECOND * 50, (FROM_SECOND + SECONDS) * 50):
        length = opus.opus_encode(encoder, pcm[frame * 640 : frame * 640 + 640], 320, out, 1275)
        assert length > 0
        file.write(struct.pack(">H", length) + bytes(out[:length]))
