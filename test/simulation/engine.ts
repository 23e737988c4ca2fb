import type { Bag } from "../../provider/lifecycle/arguments";
import { check } from "../../provider/lifecycle/check";
import { create } from "../../provider/lifecycle/create";
import { remove } from "../../provider/lifecycle/delete";
import { diff } from "../../provider/lifecycle/diff";
import { read } from "../../provider/lifecycle/read";
import type { Session } from "../../provider/lifecycle/session";
import { update } from "../../provider/lifecycle/update";

/** What the engine keeps of a resource between two runs. */
export interface Resource {
	readonly id: string;
	readonly inputs: Bag;
	readonly outputs: Bag;
	/** The last run failed half way: the next one updates, whatever diff says. */
	readonly initErrors: boolean;
}

/** What became of one resource in a run. */
export interface Outcome {
	readonly urn: string;
	readonly method: "check" | "create" | "update" | "same" | "read" | "delete";
	/** Null: it went well. */
	readonly error: string | null;
	readonly inputs?: Bag;
	/** Of a deletion: an end was declared lost when the state was saved, which is all that it knows. */
	readonly lost?: boolean;
	/** A refresh found nothing. */
	readonly dropped?: boolean;
}

/** What every value that comes back goes through, and what the SDK adds to it. */
function stored(bag: Bag): Bag {
	return { ...(JSON.parse(JSON.stringify(bag)) as Bag), __provider: "text" };
}

/** A command of Pulumi. */
export type RunKind = "preview" | "up" | "refresh" | "destroy";

/** The engine's part: which method it calls with what, and what it keeps of the answer (measured on the real one). */
export class Stack {
	readonly resources = new Map<string, Resource>();
	/** Results are not kept any more: the engine was killed, whatever the provider goes on to do. */
	isGone = false;
	private readonly onKept: (urn: string, hasFailed: boolean) => void;

	constructor(onKept: (urn: string, hasFailed: boolean) => void) {
		this.onKept = onKept;
	}

	/** A preview: check and diff, nothing is kept. */
	run(
		kind: RunKind,
		session: Session,
		program: ReadonlyMap<string, Bag>,
		checked: () => Promise<void>,
	): Promise<Outcome[]> {
		switch (kind) {
			case "preview":
				return this.preview(session, program);
			case "up":
				return this.up(session, program, checked);
			case "refresh":
				return this.refresh(session);
			case "destroy":
				return this.destroy(session);
			default:
				return kind satisfies never;
		}
	}

	private async preview(session: Session, program: ReadonlyMap<string, Bag>): Promise<Outcome[]> {
		return (await this.checked(session, program, true)).failed;
	}

	/** `checked` is what happens after all checks and before the first change: an estate takes minutes for them. */
	private async up(
		session: Session,
		program: ReadonlyMap<string, Bag>,
		checked: () => Promise<void>,
	): Promise<Outcome[]> {
		const { failed, plans } = await this.checked(session, program, false);
		// A failed check ends the run before anything is changed.
		if (failed.length > 0) return failed;
		await checked();
		const outcomes = await Promise.all(plans.map((plan) => this.change(session, plan)));
		for (const urn of [...this.resources.keys()]) {
			if (!program.has(urn)) outcomes.push(await this.end(session, urn));
		}
		return outcomes;
	}

	private async refresh(session: Session): Promise<Outcome[]> {
		const outcomes: Outcome[] = [];
		for (const [urn, resource] of [...this.resources]) {
			const seen = await attempt(read(session, resource.id, resource.outputs));
			outcomes.push({
				urn,
				method: "read",
				error: seen.error?.message ?? null,
				dropped: seen.value !== undefined && seen.value.id === undefined,
			});
			if (seen.value === undefined || this.isGone) continue;
			const { id, props } = seen.value;
			if (id === undefined || props === undefined) this.resources.delete(urn);
			// Refresh clears what the last run failed with (measured).
			else this.resources.set(urn, { ...resource, id, outputs: stored(props), initErrors: false });
		}
		return outcomes;
	}

	/** No check: the program is not run. */
	private async destroy(session: Session): Promise<Outcome[]> {
		const outcomes: Outcome[] = [];
		for (const urn of [...this.resources.keys()]) outcomes.push(await this.end(session, urn));
		return outcomes;
	}

	private async checked(session: Session, program: ReadonlyMap<string, Bag>, dryRun: boolean) {
		const failed: Outcome[] = [];
		const plans: Plan[] = [];
		for (const [urn, declared] of program) {
			const old = this.resources.get(urn);
			const { inputs, failures } = await check(session, old?.inputs ?? {}, { ...declared, resourceUrn: urn, dryRun });
			if (failures.length > 0) {
				failed.push({ urn, method: "check", error: failures.map(({ reason }) => reason).join("\n") });
				continue;
			}
			const news = stored(inputs);
			if (old === undefined) {
				plans.push({ urn, news, kind: "create" });
				continue;
			}
			const { changes, replaces, deleteBeforeReplace } = await diff(session, old.outputs, news);
			if (replaces.length > 0) plans.push({ urn, news, kind: "replace", deleteBeforeReplace });
			else plans.push({ urn, news, kind: changes || old.initErrors ? "update" : "same" });
		}
		return { failed, plans };
	}

	private async change(session: Session, plan: Plan): Promise<Outcome> {
		const { urn, news, kind } = plan;
		const old = this.resources.get(urn);
		if (kind === "same") {
			if (old !== undefined && !this.isGone) this.resources.set(urn, { ...old, inputs: news });
			return { urn, method: "same", error: null, inputs: news };
		}
		if (kind === "update" && old !== undefined) {
			const done = await attempt(update(session, old.id, old.outputs, news));
			if (done.value !== undefined) this.keep(urn, old.id, news, done.value.outs, false);
			else if (done.error?.properties !== undefined) this.keep(urn, old.id, news, done.error.properties, true);
			return { urn, method: "update", error: done.error?.message ?? null, inputs: news };
		}
		if (kind === "replace" && plan.deleteBeforeReplace) {
			const ended = await this.end(session, urn);
			if (ended.error !== null) return ended;
		}
		const made = await attempt(create(session, news));
		const { value, error } = made;
		if (value !== undefined) this.keep(urn, value.id, news, value.outs, false);
		else if (error?.properties !== undefined && error.id !== undefined) {
			this.keep(urn, error.id, news, error.properties, true);
		}
		if (error === undefined && kind === "replace" && !plan.deleteBeforeReplace && old !== undefined) {
			await attempt(remove(session, old.id, old.outputs));
		}
		return { urn, method: "create", error: error?.message ?? null, inputs: news };
	}

	private keep(urn: string, id: string, inputs: Bag, outputs: Bag, initErrors: boolean): void {
		if (this.isGone) return;
		this.resources.set(urn, { id, inputs, outputs: stored(outputs), initErrors });
		this.onKept(urn, initErrors);
	}

	private async end(session: Session, urn: string): Promise<Outcome> {
		const resource = this.resources.get(urn);
		if (resource === undefined) return { urn, method: "delete", error: null };
		const { error } = await attempt(remove(session, resource.id, resource.outputs));
		if (error === undefined && !this.isGone) this.resources.delete(urn);
		return { urn, method: "delete", error: error?.message ?? null, lost: resource.outputs.lost !== undefined };
	}
}

type Plan =
	| { readonly urn: string; readonly news: Bag; readonly kind: "create" | "update" | "same" }
	| { readonly urn: string; readonly news: Bag; readonly kind: "replace"; readonly deleteBeforeReplace: boolean };

interface Failure {
	readonly message: string;
	readonly id?: string;
	readonly properties?: Bag;
}

async function attempt<T>(run: Promise<T>): Promise<{ readonly value?: T; readonly error?: Failure }> {
	try {
		return { value: await run };
	} catch (error) {
		return { error: error as Failure };
	}
}
