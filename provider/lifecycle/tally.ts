import { errorCodes } from "../model/errorCodes";
import { nameIn } from "./urn";

/** What became of a relationship in a run, as a person counts. */
type Fate = "changed" | "adopted" | "ended" | "kept" | "unchanged" | "failed" | "waiting for consent" | "not tried";

/** In the order in which they are told; of what went well a number is enough. */
const told: readonly { readonly fate: Fate; readonly named: boolean }[] = [
	{ fate: "changed", named: false },
	{ fate: "adopted", named: false },
	{ fate: "ended", named: false },
	{ fate: "kept", named: false },
	{ fate: "unchanged", named: false },
	{ fate: "failed", named: true },
	{ fate: "waiting for consent", named: true },
	{ fate: "not tried", named: true },
];
const mostNames = 10;

/** Counts what becomes of the relationships that one provider process serves. */
export class Tally {
	private readonly fates = new Map<string, Fate>();
	private isRun = false;

	/** It may still be tried: what is never heard of again was not. */
	planned(urn: string): void {
		this.set(urn, "not tried");
	}

	unchanged(urn: string): void {
		this.set(urn, "unchanged");
	}

	refused(urn: string): void {
		this.set(urn, "failed");
	}

	/** An operation of a run: its end decides. */
	async run<T>(urn: string, operation: Promise<T>, fate: (result: T) => Fate): Promise<T> {
		this.isRun = true;
		try {
			const result = await operation;
			this.set(urn, fate(result));
			return result;
		} catch (error) {
			const message = error instanceof Error ? error.message : String(error);
			this.set(urn, message.startsWith(errorCodes.approvalMissing) ? "waiting for consent" : "failed");
			throw error;
		}
	}

	/** One line about all of them; `null`: nothing was to be done, or so little that a summary tells nothing more. */
	summary(): string | null {
		if (!this.isRun || this.fates.size < 2) return null;
		const parts = told.flatMap(({ fate, named }) => {
			const names = [...this.fates].flatMap(([urn, of]) => (of === fate ? [nameIn(urn)] : []));
			return names.length === 0 ? [] : [`${names.length} ${fate}${named ? ` (${list(names)})` : ""}`];
		});
		return `${this.fates.size} relationships: ${parts.join(", ")}.`;
	}

	private set(urn: string, fate: Fate): void {
		if (urn !== "") this.fates.set(urn, fate);
	}
}

function list(names: readonly string[]): string {
	const more = names.length - mostNames;
	return `${names.slice(0, mostNames).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
