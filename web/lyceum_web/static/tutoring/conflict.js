// @ts-check
/** Changing what someone else may have changed meanwhile. */
import { Problem } from "../api.js";

/**
 * Make the change. If what is changed is no longer as it was read, it is read again, so that the person sees both
 * and can send what they typed once more.
 * @template T @param {() => Promise<T>} change @param {() => void} again @returns {Promise<T>}
 */
export async function whileKept(change, again) {
  try {
    return await change();
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 412) again();
    throw problem;
  }
}
