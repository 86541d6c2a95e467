'use strict';

// Draws the charts of report.html with uPlot, in the colors of the page, and redraws them if the colors or the width change.
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const color = name => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
  const translucent = (name, share) => `color-mix(in srgb, ${color(name)} ${100 * share}%, transparent)`;
  const font = '12px ' + color('sans');
  const count = new Intl.NumberFormat('en').format;

  const axis = (label, format) => ({
    stroke: color('quiet'),
    grid: {stroke: color('line'), width: 1},
    ticks: {show: false},
    font,
    labelFont: font,
    label,
    labelSize: 20,
    size: 28,
    values: (plot, values) => values.map(value => value === null ? '' : format(value)),
  });

  const heights = axis => ({...axis, size: (plot, values) => 14 + 7 * Math.max(2, ...(values || []).map(value => value.length))});

  const common = {
    padding: [12, 12, 0, 0],
    cursor: {y: false, drag: {x: false, y: false}, points: {size: 7}},
    legend: {show: true, live: true},
  };

  const charts = {
    scores() {
      const bins = data.scores;
      const first = bins[0].from;
      const last = bins[bins.length - 1].to;
      return {
        data: [bins.map(bin => (bin.from + bin.to) / 2), bins.map(bin => bin.images)],
        options: {
          scales: {x: {time: false, range: [first, last]}, y: {range: (plot, low, high) => [0, Math.max(1, high * 1.05)]}},
          axes: [axis('score of the best class', value => String(+value.toFixed(2))), heights(axis('images', count))],
          series: [
            {
              label: 'score',
              value: (plot, value, series, i) => value === null ? '–' : `${bins[i].from.toFixed(2)} – ${bins[i].to.toFixed(2)}`,
            },
            {
              label: 'images',
              value: (plot, value) => value === null ? '–' : count(value),
              fill: color('ok'),
              stroke: color('ok'),
              width: 0,
              points: {show: false},
              paths: uPlot.paths.bars({size: [0.92, Infinity]}),
            },
          ],
        },
      };
    },

    throughput() {
      const rates = data.throughput;
      return {
        data: [rates.map(rate => rate.seconds), rates.map(rate => rate.imagesPerSecond)],
        options: {
          scales: {x: {time: false}, y: {range: (plot, low, high) => [0, Math.max(1, high * 1.1)]}},
          axes: [axis('seconds since the start of the run', count), heights(axis('images/s', count))],
          series: [
            {label: 'at', value: (plot, value) => value === null ? '–' : value.toFixed(1) + ' s'},
            {
              label: 'images/s',
              value: (plot, value) => value === null ? '–' : count(+value.toFixed(1)),
              stroke: color('ok'),
              fill: translucent('ok', 0.15),
              width: 2,
              points: {show: false},
            },
          ],
        },
      };
    },

    calibration() {
      const bins = data.calibration;
      const most = Math.max(...bins.map(bin => bin.images));
      // The line of a perfectly calibrated network is the diagonal.
      const ends = [{score: 0}, ...bins, {score: 1}];
      return {
        data: [ends.map(bin => bin.score), ends.map(bin => bin.score), ends.map(bin => bin.accuracy ?? null)],
        options: {
          scales: {x: {time: false, range: [0, 1]}, y: {range: [0, 1.02]}},
          axes: [axis('mean score', value => value.toFixed(1)), heights(axis('accuracy', value => value.toFixed(1)))],
          series: [
            {label: 'mean score', value: (plot, value) => value === null ? '–' : value.toFixed(3)},
            {label: 'ideal', stroke: color('quiet'), dash: [4, 4], width: 1, points: {show: false}, value: (plot, value) => value === null ? '–' : value.toFixed(3)},
            {
              label: 'accuracy',
              stroke: translucent('ok', 0.5),
              width: 1,
              spanGaps: true,
              value: (plot, value) => value === null ? '–' : value.toFixed(3),
              points: {show: false},
            },
          ],
          hooks: {
            draw: [plot => {
              // Larger points represent more images.
              plot.ctx.save();
              plot.ctx.fillStyle = color('ok');
              for (const bin of bins) {
                const x = plot.valToPos(bin.score, 'x', true);
                const y = plot.valToPos(bin.accuracy, 'y', true);
                plot.ctx.beginPath();
                plot.ctx.arc(x, y, devicePixelRatio * (3 + 7 * Math.sqrt(bin.images / most)), 0, 2 * Math.PI);
                plot.ctx.fill();
              }
              plot.ctx.restore();
            }],
          },
        },
      };
    },
  };

  const draw = place => {
    const {data: numbers, options} = charts[place.dataset.chart]();
    place.replaceChildren();
    const legend = 28;
    new uPlot({...common, ...options, width: place.clientWidth, height: place.clientHeight - legend}, numbers, place);
  };

  const places = [...document.querySelectorAll('[data-chart]')];
  const drawAll = () => places.forEach(draw);
  const widths = new Map();
  const observer = new ResizeObserver(entries => {
    for (const {target, contentRect} of entries) {
      if (widths.get(target) !== contentRect.width) {
        widths.set(target, contentRect.width);
        draw(target);
      }
    }
  });
  places.forEach(place => observer.observe(place));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
})();
