import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { temporaryFolder } from "../temporaryFolder";

const moduleDirectory = resolve(__dirname, "judge");

/** The knobs of judge/README.md; those that a test turns. */
export interface JudgeKnobs {
	readonly jobs?: "asked" | "never" | "always";
	readonly jobOutcome?: "completes" | "fails" | "vanishesAtEnd" | "vanishesMidRun" | "noReference";
	readonly jobMs?: number;
	readonly transitMs?: number;
	readonly copyMs?: number;
	readonly lateMs?: number;
	readonly codesAs?: "exception" | "returnValue";
	readonly runAsJob?: boolean;
	readonly stale?: "no" | "once" | "everyOp" | "forever";
	readonly failoverAgain?: "refuse" | "success" | "toggle";
	readonly features?: readonly number[];
	readonly operations?: readonly number[] | null;
	readonly operationsError?: number;
	readonly streamed?: boolean;
	readonly extendedStatus?: boolean;
	readonly omitNullOut?: boolean;
	readonly reverseHiddenMs?: number;
	readonly linksShownAt?: "both" | "source";
	readonly detachOneSided?: boolean;
	readonly peerIds?: "array" | "objectId" | "allSame" | "null";
	readonly peerSubsystemName?: "Name" | "FriendlyName";
	readonly progress?: Readonly<Record<string, number>>;
	readonly targetAccess?: number;
	readonly noise?: readonly string[];
}

export const everyNoise = [
	"host",
	"warning",
	"verbose",
	"debug",
	"information",
	"progress",
	"ansi",
	"stdout",
	"stdoutLine",
	"stderr",
	"stderrMuch",
	"object",
] as const;

/** The parts of the judge's file that tests read or change. */
export interface JudgeState {
	config: JudgeKnobs;
	arrays: Record<string, { disks: { content: string }[] }>;
	machines: Record<string, { up?: boolean; credential?: { user: string; password: string } }>;
	pairs: { id: string; source: "a" | "b"; copyState: number | string; mode: number | string; link?: "up" | "down" }[];
	faults: { when: { method?: string; operation?: number }; skip?: number; do: string; code?: number }[];
}

/** A line of the judge's log: a state-changing call as it was received, or content that a copy took the place of. */
export interface JudgeCall {
	readonly event: string;
	readonly old?: string;
	readonly new?: string;
	readonly machine: string;
	readonly method: string;
	readonly name: string | null;
	readonly operation: number | null;
	readonly side: "source" | "target" | null;
	readonly code: number;
	readonly toggled?: boolean;
}

/**
 * Windows as somebody else imagines it, see judge/README.md. `.` sees both arrays; `east` and `west` one each, by
 * CimSession. One pair: `Sales` on array A, `Sales DR` on array B, Synchronized.
 */
export class Judge {
	readonly file: string;
	private readonly log: string;

	constructor(example: "local" | "two-machines" | "create", knobs: JudgeKnobs = {}) {
		const folder = temporaryFolder("judge");
		this.file = join(folder, "state.json");
		this.log = join(folder, "log.jsonl");
		const state = JSON.parse(readFileSync(join(moduleDirectory, "examples", `${example}.json`), "utf8")) as JudgeState;
		state.config = { ...state.config, jobMs: 200, copyMs: 300, transitMs: 150, ...knobs };
		for (const pair of state.pairs) pair.mode = "Synchronous";
		writeFileSync(this.file, JSON.stringify(state));
	}

	/** What a process that starts PowerShell needs in its environment. */
	get environment(): { STANDIN_STATE: string; STANDIN_LOG: string; PSModulePath: string } {
		const others = (process.env.PSModulePath ?? "").split(delimiter).filter((path) => path !== "");
		return {
			STANDIN_STATE: this.file,
			STANDIN_LOG: this.log,
			PSModulePath: [moduleDirectory, ...others].join(delimiter),
		};
	}

	read(): JudgeState {
		return JSON.parse(readFileSync(this.file, "utf8")) as JudgeState;
	}

	/** Changes the arrays behind everybody's back, under the judge's own lock. */
	async change(edit: (state: JudgeState) => void): Promise<void> {
		const lock = `${this.file}.lock`;
		for (let tries = 0; ; tries++) {
			try {
				writeFileSync(lock, String(process.pid), { flag: "wx" });
				break;
			} catch (error) {
				if (tries > 2_000) throw error;
				await new Promise((resolve) => setTimeout(resolve, 5));
			}
		}
		try {
			const state = this.read();
			edit(state);
			writeFileSync(`${this.file}.test`, JSON.stringify(state));
			renameSync(`${this.file}.test`, this.file);
		} finally {
			rmSync(lock);
		}
	}

	/** Calls that reached an array, without refreshes of the cache. */
	calls(): JudgeCall[] {
		return this.events().filter(({ event, method }) => event === "call" && method !== "Discover");
	}

	/** Names of the operations that an array took, in order. */
	taken(from = 0): string[] {
		return this.calls()
			.slice(from)
			.filter(({ code }) => code === 0 || code === 4096)
			.map(({ name, method }) => name ?? method);
	}

	events(): JudgeCall[] {
		if (!existsSync(this.log)) return [];
		return readFileSync(this.log, "utf8")
			.split("\n")
			.filter((line) => line !== "")
			.map((line) => JSON.parse(line) as JudgeCall);
	}
}
