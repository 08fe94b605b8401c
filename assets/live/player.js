// Which frame is shown now: the newest of a run that goes on, or one that the reader chose or plays.

export const FRAME = 1000 / 30; // milliseconds

export class Player {
  // `beat`: milliseconds of a frame that is played.
  constructor(feed, beat = FRAME) {
    this.feed = feed;
    this.beat = beat;
    this.at = null; // the frame itself: an index would move when old frames are thinned out
    this.following = true;
    this.playing = false;
    this.speed = 1;
    this.due = 0;
  }

  get index() {
    const frames = this.feed.frames;
    if (!frames.length || !this.at) return -1;
    let low = 0, high = frames.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (frames[middle].number <= this.at.number) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  // The frame to draw at time `now`, or null if it is the one that is drawn already.
  tick(now) {
    const frames = this.feed.frames;
    if (!frames.length) return null;
    if (!this.at || this.at.number < frames[0].number) return this.show(this.following ? frames.length - 1 : 0, now);
    if (!(this.following || this.playing) || now < this.due) return null;
    const index = this.index;
    const behind = frames.length - 1 - index;
    if (behind <= 0) {
      if (this.playing) this.playing = this.following = this.feed.status?.state === "running";
      return null;
    }
    // Following: one frame after the other, as they were taken; a little faster when behind, a jump when far behind.
    const stride = this.following ? (behind > 45 ? behind - 15 : 1) : Math.max(1, Math.round(this.speed / 2));
    const wait = this.following ? (behind > 10 ? 0.8 : 1) : 1 / Math.min(this.speed, 2);
    const beat = this.following ? FRAME : this.beat;
    this.due = Math.max(this.due + beat * wait, now - beat);
    return this.show(index + Math.min(stride, behind), now);
  }

  show(index) {
    this.at = this.feed.frames[index];
    return this.at;
  }

  choose(index) {
    this.following = this.playing = false;
    this.at = this.feed.frames[Math.max(0, Math.min(index, this.feed.frames.length - 1))] ?? null;
    return this.at;
  }

  toggle() {
    const atEnd = this.index >= this.feed.frames.length - 1;
    if (this.playing) this.playing = false;
    else {
      if (atEnd) this.at = this.feed.frames[0] ?? null;
      this.playing = true;
      this.following = false;
    }
  }

  follow() {
    this.following = true;
    this.playing = false;
    this.at = this.feed.frames[this.feed.frames.length - 1] ?? null;
    return this.at;
  }
}
