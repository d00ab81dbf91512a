// Foreign participants of LiveKit rooms for tests: LiveKit's Go engine (pion), driven by the same lines as
// ../participants.py, which describes them.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"sync"

	media "github.com/livekit/media-sdk"
	"github.com/livekit/protocol/livekit"
	"github.com/livekit/protocol/logger"
	lksdk "github.com/livekit/server-sdk-go/v2"
	lkmedia "github.com/livekit/server-sdk-go/v2/pkg/media"
	"github.com/pion/webrtc/v4"
)

const rate = 16000

type command struct {
	Do       string
	ID       float64 // As Java writes numbers.
	URL      string
	Token    string
	Data     []byte
	Reliable *bool
	Pcm      []byte
	Muted    bool
}

var output sync.Mutex

func tell(event map[string]any) {
	line, err := json.Marshal(event)
	if err != nil {
		panic(err)
	}
	output.Lock()
	defer output.Unlock()
	fmt.Println(string(line))
}

type participant struct {
	id          float64
	room        *lksdk.Room
	track       *lkmedia.PCMLocalTrack
	publication *lksdk.LocalTrackPublication
}

// Tells what is heard on one track.
type ear struct {
	id       float64
	identity string
	track    string
}

func (e *ear) WriteSample(sample media.PCM16Sample) error {
	pcm := make([]byte, 2*len(sample))
	for i, value := range sample {
		binary.LittleEndian.PutUint16(pcm[2*i:], uint16(value))
	}
	tell(map[string]any{
		"event": "heard", "id": e.id, "identity": e.identity, "track": e.track,
		"pcm": base64.StdEncoding.EncodeToString(pcm),
	})
	return nil
}

func (e *ear) Close() error { return nil }

func (p *participant) subscribed(track *webrtc.TrackRemote, publication *lksdk.RemoteTrackPublication, who *lksdk.RemoteParticipant) {
	if track.Kind() == webrtc.RTPCodecTypeAudio {
		listener := &ear{p.id, who.Identity(), publication.Name()}
		if _, err := lkmedia.NewPCMRemoteTrack(track, listener, lkmedia.WithTargetSampleRate(rate)); err != nil {
			tell(map[string]any{"event": "failed", "id": p.id, "what": "listen", "why": err.Error()})
		}
	}
}

func (p *participant) join(c command) error {
	callback := lksdk.NewRoomCallback()
	callback.OnTrackSubscribed = p.subscribed
	room, err := lksdk.ConnectToRoomWithToken(c.URL, c.Token, callback)
	if err != nil {
		return err
	}
	p.room = room
	tell(map[string]any{"event": "joined", "id": p.id})
	return nil
}

func (p *participant) publish(c command) error {
	reliable := c.Reliable == nil || *c.Reliable
	return p.room.LocalParticipant.PublishDataPacket(lksdk.UserData(c.Data), lksdk.WithDataPublishReliable(reliable))
}

func (p *participant) say(c command) error {
	if p.track == nil {
		track, err := lkmedia.NewPCMLocalTrack(rate, 1, logger.GetLogger())
		if err != nil {
			return err
		}
		options := &lksdk.TrackPublicationOptions{Name: "microphone", Source: livekit.TrackSource_MICROPHONE}
		if p.publication, err = p.room.LocalParticipant.PublishTrack(track, options); err != nil {
			return err
		}
		p.track = track
	}
	sample := make(media.PCM16Sample, len(c.Pcm)/2)
	for i := range sample {
		sample[i] = int16(binary.LittleEndian.Uint16(c.Pcm[2*i:]))
	}
	return p.track.WriteSample(sample)
}

func (p *participant) mute(c command) error {
	p.publication.SetMuted(c.Muted)
	return nil
}

func (p *participant) unpublish(command) error {
	err := p.room.LocalParticipant.UnpublishTrack(p.publication.SID())
	p.track, p.publication = nil, nil
	return err
}

func (p *participant) leave(command) error {
	p.room.Disconnect()
	tell(map[string]any{"event": "left", "id": p.id})
	return nil
}

func (p *participant) obey(commands <-chan command) {
	verbs := map[string]func(command) error{
		"join": p.join, "publish": p.publish, "say": p.say,
		"mute": p.mute, "unpublish": p.unpublish, "leave": p.leave,
	}
	for c := range commands {
		// What fails is told to the test, which decides; no text, as it could hold the token.
		if err := verbs[c.Do](c); err != nil {
			tell(map[string]any{"event": "failed", "id": p.id, "what": c.Do, "why": fmt.Sprintf("%T", err)})
		}
	}
}

func main() {
	logger.InitFromConfig(&logger.Config{Level: "error"}, "participants")
	lksdk.SetLogger(logger.GetLogger())
	participants := map[float64]chan command{}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<16), 1<<24)
	for lines.Scan() {
		var c command
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			panic(err)
		}
		if c.Do == "join" {
			participants[c.ID] = make(chan command, 100_000)
			go (&participant{id: c.ID}).obey(participants[c.ID])
		}
		if queue := participants[c.ID]; queue != nil {
			queue <- c
		}
	}
}
