import { afterAll } from "vitest";
import { removeTemporaryFolders } from "./temporaryFolder";

afterAll(removeTemporaryFolders);
