import { SimulatedClock } from "../../provider/executor/clock";
import { labelsOf } from "../../provider/executor/describeOutlook";
import type { TransitionEvent } from "../../provider/executor/events";
import type { HostObservation } from "../../provider/executor/host";
import { Hosts } from "../../provider/executor/hosts";
import { hindranceOf, lookAt, type Outlook } from "../../provider/executor/outlook";
import type { RelationshipRecord } from "../../provider/executor/record";
import type { Request } from "../../provider/executor/request";
import type { TransitionResult } from "../../provider/executor/transitionEnd";
import { type Wish, wishFor } from "../../provider/executor/wish";
import { connectSimulator, type GroupBehaviour, type ProfileName, Simulator } from "../../provider/hosts/simulator";
import { WorldInMemory } from "../../provider/hosts/simulator/worldStore";
import type { CopyState, PerEnd } from "../../provider/model/relationship";
import { synchronizedCopyState as states } from "../../provider/model/vocabulary/relationship";
import { describeAnswer } from "../../provider/planner/describePlan";
import type { Desired } from "../../provider/planner/situation";
import { keptRun } from "./keptRun";

export interface GroupSiteOptions {
	readonly behaviour?: Partial<GroupBehaviour>;
	readonly profile?: ProfileName;
	/** False: there are the group Sales and its disks, and no relationship. */
	readonly related?: boolean;
	readonly syncMode?: "synchronous" | "asynchronous";
	/** Disks of Sales, made where there are no such. Default: Orders and Ledger. */
	readonly members?: readonly string[];
}

/** Sales at east with Orders and Ledger, Sales-DR at west, a pair Stock outside; a clock that moves only when somebody sleeps. */
export class GroupSite {
	readonly clock = new SimulatedClock(1_000_000);
	record: RelationshipRecord | null = null;
	pairs: readonly (readonly [string, string])[] | null = null;
	onEvent: (event: TransitionEvent) => Promise<void> = async () => {};
	/** What the engine does before every operation. */
	fence: () => Promise<void> = async () => {};
	/** What happens right before a call to one pair goes out. */
	beforeOwnCall: () => Promise<void> = async () => {};
	/** What the hosts report instead of what the arrays say. */
	seenAs: (seen: HostObservation) => HostObservation = (seen) => seen;
	ids: PerEnd<string | null> = { source: null, target: null };

	private constructor(
		readonly sites: Simulator,
		readonly store: WorldInMemory,
	) {}

	static async open({
		behaviour = {},
		profile = "generous",
		related = true,
		syncMode,
		members = ["Orders", "Ledger"],
	}: GroupSiteOptions = {}) {
		const store = new WorldInMemory();
		let now = () => 1_000_000;
		const names = [...new Set(["Orders", "Ledger", "Stock", ...members])];
		const sites = await Simulator.create(store, {
			pairs: names.map((source) => ({
				source,
				target: `${source}-DR`,
				related,
				...(syncMode === undefined ? {} : { syncMode }),
			})),
			groups: [{ source: "Sales", target: "Sales-DR", members }],
			profile,
			now: () => now(),
		});
		const site = new GroupSite(sites, store);
		now = () => site.clock.now();
		for (const array of ["east-array", "west-array"]) await sites.array(array).groups(behaviour);
		return site;
	}

	hosts(): Hosts {
		return new Hosts((name) => {
			const host = connectSimulator({ name, file: this.store, now: () => this.clock.now() });
			const observe = host.observe.bind(host);
			host.observe = async () => this.seenAs(await observe());
			const { setReplicationRelationship, createReplica } = host;
			host.setReplicationRelationship = async (request) => {
				await this.beforeOwnCall();
				return setReplicationRelationship.call(host, request);
			};
			host.createReplica = async (request) => {
				await this.beforeOwnCall();
				return createReplica.call(host, request);
			};
			return host;
		}, this.clock);
	}

	request(desired: Desired, more: Partial<Wish> = {}): Request {
		const wish = wishFor(desired, more);
		const { pairs } = this;
		return {
			declared: {
				ends: {
					source: { host: "east", virtualDisk: "Sales", subject: "group" },
					target: { host: "west", virtualDisk: "Sales-DR", subject: "group" },
				},
				lost: wish.lost,
				knownIds: this.ids,
				...(pairs === null ? {} : { pairs: pairs.map(([source, target]) => ({ source, target })) }),
			},
			wish,
			record: this.record,
		};
	}

	run(desired: Desired, more: Partial<Wish> = {}, signal?: AbortSignal): Promise<TransitionResult> {
		const { clock } = this;
		return keptRun(this, this.request(desired, more), {
			hosts: this.hosts(),
			clock,
			fence: () => this.fence(),
			report: (event) => this.onEvent(event),
			signal,
		});
	}

	look(desired: Desired, more: Partial<Wish> = {}) {
		return lookAt(this.request(desired, more), this.hosts(), { freshness: "fresh", halves: "remove" });
	}

	/** The plan as people read it. */
	linesOf({ answer }: Pick<Outlook, "answer">): readonly string[] {
		return describeAnswer(answer, labelsOf(this.request({ state: "active" })));
	}

	async hindrance(desired: Desired, more: Partial<Wish> = {}): Promise<string | null> {
		return hindranceOf(await this.look(desired, more), this.request(desired, more).wish)?.code ?? null;
	}

	/** A run with the token that its preview prints, if it prints one. */
	async runApproved(desired: Desired, more: Partial<Wish> = {}, signal?: AbortSignal): Promise<TransitionResult> {
		const { token } = await this.look(desired, more);
		return this.run(desired, token === null ? more : { ...more, approvals: [token] }, signal);
	}

	/** Calls that the arrays received since `from`: the operation, and the group or disk it was sent to. */
	received(from = 0): string[] {
		return this.sites
			.calls()
			.slice(from)
			.map(({ operation, method, disk }) => `${operation ?? method} ${disk}`);
	}

	/** Puts the pairs where a test starts, in their order. */
	put(...copyStates: readonly CopyState[]): Promise<void> {
		return this.sites.change(({ relationships }) => {
			for (const [index, copyState] of copyStates.entries()) {
				const relationship = relationships[index];
				if (relationship !== undefined) relationship.copyState = states[copyState];
			}
		});
	}

	/** CopyStates of the pairs, once all is at rest. */
	states(): string[] {
		this.clock.advance(60_000);
		const names = new Map(Object.entries(states).map(([name, number]) => [number as number, name]));
		return this.sites.look().relationships.map(({ copyState }) => names.get(copyState) ?? String(copyState));
	}
}
