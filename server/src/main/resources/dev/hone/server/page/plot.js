// Loss over steps, by uPlot, as the page that hone tune writes has it.
const color = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const shown = (u, v) => v === null || v === undefined ? "–" : v.toFixed(4);

export class LossPlot {
  #place;
  #chart;
  #steps = [];
  #train = [];
  #heldOut = [];
  #isDue = false;

  constructor(place) {
    this.#place = place;
    window.addEventListener("resize", () => this.#chart?.setSize(this.#size()));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.#chart?.destroy();
      this.#chart = undefined;
      this.#draw();
    });
  }

  // What is drawn is what came until the next frame, however many steps that are.
  add(data) {
    this.#steps.push(data.step);
    this.#train.push(data.train_loss);
    this.#heldOut.push(data.full_valid_loss);
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      this.#draw();
    });
  }

  words() {
    const heldOut = this.#heldOut.filter(v => v !== null);
    const train = `training loss ${this.#train.at(-1).toFixed(4)}`;
    return heldOut.length === 0 ? train + "."
      : `${train}; held-out loss ${heldOut[0].toFixed(4)} at first, ${Math.min(...heldOut).toFixed(4)} at best, `
        + `${heldOut.at(-1).toFixed(4)} at last.`;
  }

  #size() {
    return { width: this.#place.clientWidth, height: Math.max(260, Math.min(460, window.innerHeight - 260)) };
  }

  #draw() {
    if (this.#steps.length === 0) return;
    const values = [this.#steps, this.#train, this.#heldOut];
    if (this.#chart) {
      this.#chart.setData(values);
      return;
    }
    const axis = label => ({
      label, labelSize: 24, size: 56, stroke: color("--muted"),
      grid: { stroke: color("--grid"), width: 1 }, ticks: { stroke: color("--grid"), width: 1 },
    });
    this.#chart = new uPlot({
      ...this.#size(),
      scales: { x: { time: false } },
      axes: [{ ...axis("steps"), size: 40 }, axis("loss, nats per token")],
      series: [
        { label: "step", value: (u, v) => v === null ? "–" : v.toLocaleString("en") },
        { label: "training", stroke: color("--smooth"), width: 2, spanGaps: true, value: shown },
        { label: "held out", stroke: color("--held-out"), width: 1, dash: [5, 5], spanGaps: true,
          points: { show: true, size: 8, fill: color("--held-out") }, value: shown },
      ],
    }, values, this.#place);
  }
}
