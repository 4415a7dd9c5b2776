import { describe, expect, it } from 'vitest';
import { Conditions } from '../../src/conditions.js';
import { JointConditions } from '../../src/data/joint-conditions.js';

describe('one condition of several parts', () => {
  const joint = () => {
    const conditions = new Conditions(
      () => new Date(),
      () => undefined,
    );
    return { joint: new JointConditions(conditions.tell), list: () => conditions.list() };
  };

  it('says what the only part says', () => {
    const { joint: parts, list } = joint();
    const tell = parts.part('top');
    tell('frames-rejected', { detail: '5 of 10 frames', share: 0.5 });
    expect(list()).toMatchObject([{ detail: '5 of 10 frames', share: 0.5 }]);
    tell('frames-rejected', null);
    expect(list()).toEqual([]);
  });

  it('stands while one of them is in trouble, and names those', () => {
    const { joint: parts, list } = joint();
    const [top, side] = [parts.part('top'), parts.part('side')];
    top('source-unreadable', { detail: 'gone' });
    side('source-unreadable', null);
    expect(list()).toMatchObject([{ detail: 'top: gone' }]);
    side('source-unreadable', { detail: 'empty', share: 0.2 });
    expect(list()).toMatchObject([{ detail: 'top: gone; side: empty', share: 0.2 }]);
    top('source-unreadable', null);
    expect(list()).toMatchObject([{ detail: 'side: empty' }]);
    parts.leave('side');
    expect(list()).toEqual([]);
  });
});
