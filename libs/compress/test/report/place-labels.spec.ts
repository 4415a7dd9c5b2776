import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { axisOver, shareOn } from '../../src/report/html/axis.js';
import { escape } from '../../src/report/html/escape.js';
import { placeLabels } from '../../src/report/html/place-labels.js';

describe('labels of marks', () => {
  const area = { x: 0, y: 0, width: 800, height: 400 };
  const texts = ['fp32', 'fp16', 'int8-static', 'int8-mixed', 'pruned-int8'];

  it('cover one another neither when the marks lie in one place nor elsewhere', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 300, max: 500 }), fc.integer({ min: 150, max: 250 })), {
          minLength: 1,
          maxLength: 5,
        }),
        (places) => {
          const marks = places.map(([x, y], i) => ({ x, y, radius: 8, text: texts[i] ?? '' }));
          const labels = placeLabels(marks, area);
          labels.forEach((a, i) =>
            labels.slice(i + 1).forEach((b, j) => {
              const [wide, other] = [marks[i]?.text.length ?? 0, marks[i + 1 + j]?.text.length ?? 0];
              const apart = a.x + wide * 7 <= b.x || b.x + other * 7 <= a.x || Math.abs(a.y - b.y) >= 16;
              expect(apart).toBe(true);
            }),
          );
        },
      ),
    );
  });
});

describe('an axis', () => {
  it('holds its values inside and a few round marks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.001, max: 1000, noNaN: true }), { minLength: 1, maxLength: 9 }),
        (values) => {
          const axis = axisOver(values, 6, 0.01);
          for (const value of values) {
            expect(shareOn(axis, value)).toBeGreaterThan(0);
            expect(shareOn(axis, value)).toBeLessThan(1);
          }
          expect(axis.ticks.length).toBeGreaterThanOrEqual(2);
          expect(axis.ticks.length).toBeLessThanOrEqual(8);
        },
      ),
    );
  });
});

describe('text from elsewhere', () => {
  it('cannot become markup', () => {
    expect(escape(`<script>"a" & 'b'</script>`)).toBe(
      '&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;&lt;/script&gt;',
    );
  });
});
