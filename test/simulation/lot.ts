import { seeded } from "../planner/situations";
import type { Declaration } from "./story";

/** Draws from a seed. Each story switches some kinds of things off and weights the rest wildly: a swarm finds more. */
export class Lot {
	readonly random: () => number;
	/** What the program declared last, and how often it stays as it is: most programs are run again unchanged. */
	program: readonly (Declaration | null)[] = [];
	readonly steadiness: number;
	private readonly weights = new Map<string, number>();

	constructor(seed: number) {
		this.random = seeded(seed);
		this.steadiness = this.pick([0, 0.4, 0.8]);
	}

	chance(probability: number): boolean {
		return this.random() < probability;
	}

	pick<const T>(values: readonly T[]): T {
		return values[Math.floor(this.random() * values.length)] as T;
	}

	upTo(most: number): number {
		return Math.floor(this.random() * (most + 1));
	}

	/** Picks by name; some names never come up in this story, others come up all the time. */
	swarm<T extends string>(group: string, names: readonly T[]): T {
		const weighted = names.map((name) => [name, this.weightOf(`${group} ${name}`)] as const);
		const total = weighted.reduce((sum, [, weight]) => sum + weight, 0);
		let left = this.random() * total;
		for (const [name, weight] of weighted) {
			left -= weight;
			if (left < 0) return name;
		}
		return this.pick(names);
	}

	private weightOf(key: string): number {
		let weight = this.weights.get(key);
		if (weight === undefined) {
			weight = this.chance(0.35) ? 0 : this.random() ** 3 * 10 + 0.05;
			this.weights.set(key, weight);
		}
		return weight;
	}
}
