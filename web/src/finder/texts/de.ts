import finder from "#texts/finder/de.json";
import sentence from "#texts/finder-sentence/de.json";
import words from "#texts/words/de.json";
export default { ...words, ...sentence, ...finder };
