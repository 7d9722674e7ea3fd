import type { AnyStateMachine, AnyStateNode } from 'xstate';

/** One state of a machine, as plain data. */
export interface ChartState {
  readonly id: string;
  /** The keys from the root down to this state. */
  readonly path: readonly string[];
  readonly label: string;
  readonly parent: string | null;
  /** Ids, in the order of the machine. */
  readonly children: readonly string[];
  /** The child that is entered first, or `null` where there are no children. */
  readonly initial: string | null;
  readonly final: boolean;
  readonly tags: readonly string[];
  readonly says: string | null;
}

/** One transition. An event without a target stays where it is: `to` is then `from`. */
export interface ChartArrow {
  readonly from: string;
  readonly to: string;
  readonly event: string;
  readonly condition: string | null;
}

/** A machine as plain data: parents before their children, everything in the order of the machine. */
export interface Chart {
  readonly id: string;
  readonly initial: string | null;
  readonly states: readonly ChartState[];
  readonly arrows: readonly ChartArrow[];
}

/** Reads any machine's definition; nothing about its states is known here. */
export function chartOf(machine: AnyStateMachine): Chart {
  const { root } = machine;
  const nodes = childrenOf(root).flatMap(withDescendants);
  return {
    id: root.id,
    initial: initialOf(root),
    states: nodes.map((node) => stateOf(node, root)),
    arrows: nodes.flatMap((node) => [
      ...arrowsOf(node, node),
      ...(inheritsFrom(root, node) ? arrowsOf(root, node) : []),
    ]),
  };
}

const childrenOf = (node: AnyStateNode): AnyStateNode[] => Object.values(node.states);

const withDescendants = (node: AnyStateNode): AnyStateNode[] => [node, ...childrenOf(node).flatMap(withDescendants)];

function initialOf(node: AnyStateNode): string | null {
  return node.type === 'compound' ? (node.initial.target[0]?.id ?? null) : null;
}

function stateOf(node: AnyStateNode, root: AnyStateNode): ChartState {
  const { says } = (node.meta ?? {}) as { says?: unknown };
  return {
    id: node.id,
    path: node.path,
    label: node.key,
    parent: node.parent === undefined || node.parent === root ? null : node.parent.id,
    children: childrenOf(node).map((child) => child.id),
    initial: initialOf(node),
    final: node.tags.includes('final'),
    tags: node.tags,
    says: typeof says === 'string' ? says : null,
  };
}

const inheritsFrom = (root: AnyStateNode, node: AnyStateNode): boolean => node.parent === root && node.type !== 'final';

/** The root is no box in any picture: its arrows leave from each of its children. */
function arrowsOf(owner: AnyStateNode, source: AnyStateNode): ChartArrow[] {
  const transitions: Transition[] = [...owner.transitions.values()].flat();
  return transitions.flatMap((transition) => arrowsOfTransition(transition, source));
}

interface Transition {
  readonly eventType: string;
  readonly target?: readonly AnyStateNode[] | undefined;
  readonly guard?: unknown;
}

function arrowsOfTransition({ eventType, target, guard }: Transition, source: AnyStateNode): ChartArrow[] {
  const targets = target ?? [source];
  return targets.map(({ id }) => ({ from: source.id, to: id, event: eventType, condition: conditionOf(guard) }));
}

function conditionOf(guard: unknown): string | null {
  if (guard === undefined) return null;
  if (typeof guard === 'string') return guard;
  if (typeof guard === 'function') return guard.name || 'unnamed condition';
  return (guard as { type: string }).type;
}
