import { SimulatedClock } from "../../provider/executor/clock";
import type { CopyWish } from "../../provider/executor/copyWish";
import type { TransitionEvent } from "../../provider/executor/events";
import type { HostObservation } from "../../provider/executor/host";
import { Hosts } from "../../provider/executor/hosts";
import { lookAt } from "../../provider/executor/outlook";
import type { RelationshipRecord } from "../../provider/executor/record";
import type { Request } from "../../provider/executor/request";
import type { TransitionResult } from "../../provider/executor/transitionEnd";
import { type Wish, wishFor } from "../../provider/executor/wish";
import { type CopyBehaviour, type CopyKind, connectSimulator, Simulator } from "../../provider/hosts/simulator";
import { breakOff } from "../../provider/hosts/simulator/halt";
import { WorldInMemory } from "../../provider/hosts/simulator/worldStore";
import { ends, type PerEnd } from "../../provider/model/relationship";
import { virtualDiskCreateReplicaSyncType as syncTypes } from "../../provider/model/vocabulary/operations";
import { synchronizedCopyState as states } from "../../provider/model/vocabulary/relationship";
import type { Desired } from "../../provider/planner/situation";
import { keptRun } from "./keptRun";

/** What is wished of a copy besides its state, and of any relationship besides. */
export type Asked = Partial<CopyWish> & Pick<Partial<Wish>, "approvals" | "limits">;

/** Orders, mirrored to the other site, on a clock that moves only when somebody sleeps. Copies stand beside either end. */
export class CopySite {
	readonly clock = new SimulatedClock(1_000_000);
	/** What happens to the arrays at an event of a run, which waits for it. */
	onEvent: (event: TransitionEvent) => Promise<void> = async () => {};
	/** What the hosts report instead of what the arrays say. */
	seenAs: (seen: HostObservation) => HostObservation = (seen) => seen;
	readonly mirror: Resource;

	private constructor(
		readonly sites: Simulator,
		private readonly store: WorldInMemory,
	) {
		this.mirror = new Resource(this, "Mirror", { source: ["east", "Orders"], target: ["west", "Orders-DR"] });
	}

	static async open(behaviour: Partial<Record<CopyKind, Partial<CopyBehaviour>>> = {}): Promise<CopySite> {
		const store = new WorldInMemory();
		let now = () => 1_000_000;
		const pairs = [{ source: "Orders", target: "Orders-DR" }];
		const site = new CopySite(await Simulator.create(store, { pairs, now: () => now() }), store);
		now = () => site.clock.now();
		for (const array of ["east-array", "west-array"])
			for (const kind of ["Snapshot", "Clone"] as const)
				await site.sites.array(array).copies(kind, behaviour[kind] ?? {});
		return site;
	}

	/** A copy of Orders, or of its mirror's target, onto a disk that is made for it. */
	copy(kind: CopyKind, of: "Orders" | "Orders-DR" = "Orders", onto = "Copy"): Resource {
		const host = of === "Orders" ? "east" : "west";
		return new Resource(this, kind, { source: [host, of], target: [host, onto] });
	}

	hosts(): Hosts {
		return new Hosts((name) => {
			const host = connectSimulator({ name, file: this.store, now: () => this.clock.now() });
			const observe = host.observe.bind(host);
			host.observe = async () => this.seenAs(await observe());
			const observeDisks = host.observeDisks.bind(host);
			host.observeDisks = async (objectIds) => {
				const seen = await observeDisks(objectIds);
				return seen === null ? null : this.seenAs(seen);
			};
			return host;
		}, this.clock);
	}

	/** Operations that the arrays received since `from`, and the disk each was sent for. */
	received(from = 0): string[] {
		return this.sites
			.calls()
			.slice(from)
			.map(({ operation, method }) => operation ?? method);
	}

	/** Names of the disks that there are. */
	disks(): string[] {
		return this.sites.look().disks.map(({ name }) => name);
	}

	/** How many writes a disk holds. */
	held(disk: string): number {
		const content = this.sites.look().disks.find(({ name }) => name === disk)?.content ?? [];
		return content.reduce((sum, [first, last]) => sum + last - first + 1, 0);
	}
}

/** One resource of a program: its record, and its runs as updates do them. */
export class Resource {
	record: RelationshipRecord | null = null;
	ids: PerEnd<string | null> = { source: null, target: null };

	constructor(
		private readonly site: CopySite,
		private readonly kind: CopyKind | "Mirror",
		private readonly ends: PerEnd<readonly [host: string, virtualDisk: string]>,
	) {}

	private request(desired: Desired, { approvals = [], limits, ...asked }: Asked): Request {
		const isMirror = this.kind === "Mirror";
		const [source, target] = [end(this.ends.source), end(this.ends.target)];
		const copy: CopyWish = { triggers: null, restore: null, expendable: "nothing", isExpired: false, ...asked };
		return {
			declared: {
				ends: { source, target: isMirror ? target : { ...target, storagePool: "pool" } },
				lost: null,
				knownIds: this.ids,
				meant: ends.flatMap((each) => {
					const [known, { host, virtualDisk }] = [this.ids[each], end(this.ends[each])];
					return known === null ? [] : [{ host, virtualDisk, id: known }];
				}),
				...(isMirror ? {} : { kind: this.kind as CopyKind }),
			},
			wish: wishFor(isMirror ? desired : { ...desired, kind: this.kind }, {
				approvals,
				...(limits === undefined ? {} : { limits }),
				...(isMirror ? {} : { copy }),
			}),
			record: this.record,
		};
	}

	/** One run; with the hosts of another one it is of the same process. */
	run(desired: Desired, asked: Asked = {}, hosts = this.site.hosts()): Promise<TransitionResult> {
		const { clock } = this.site;
		return keptRun(this, this.request(desired, asked), {
			hosts,
			clock,
			report: (event) => this.site.onEvent(event),
		});
	}

	async token(desired: Desired, asked: Asked = {}): Promise<string | null> {
		return (await this.look(desired, asked)).token;
	}

	/** A run with the token that its preview prints, if it prints one. */
	async runApproved(desired: Desired, asked: Asked = {}): Promise<TransitionResult> {
		const token = await this.token(desired, asked);
		return this.run(desired, token === null ? asked : { ...asked, approvals: [token] });
	}

	look(desired: Desired, asked: Asked = {}) {
		return lookAt(this.request(desired, asked), this.site.hosts(), { freshness: "fresh" });
	}
}

const end = ([host, virtualDisk]: readonly [string, string]) => ({ host, virtualDisk });

/** Somebody brings a copy that is Broken to rest with the array's own tools, which restores well from then on. */
export async function mended(site: CopySite): Promise<void> {
	await site.sites.array("east-array").copies("Snapshot", { afterRestore: "Synchronized" });
	await site.sites.change((world) => {
		for (const each of world.relationships.filter(({ copyState }) => copyState === states.Broken))
			Object.assign(each, { copyState: states.Split, progressStatus: 0 });
	});
}

/** The copy that is under way breaks off, and where that is the array's way the relationship is gone without a trace. */
export async function halted(site: CopySite): Promise<void> {
	await site.sites.change((world, nowMs) => {
		const copy = world.relationships.find((each) => each.syncType !== syncTypes.Mirror);
		if (copy === undefined) throw new Error("there is no copy");
		breakOff(world, copy, nowMs, "the copy broke off");
	});
}
