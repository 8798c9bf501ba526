import finder from "#texts/finder/uk.json";
import sentence from "#texts/finder-sentence/uk.json";
import words from "#texts/words/uk.json";
export default { ...words, ...sentence, ...finder };
