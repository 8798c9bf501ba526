import finder from "#texts/finder/ru.json";
import sentence from "#texts/finder-sentence/ru.json";
import words from "#texts/words/ru.json";
export default { ...words, ...sentence, ...finder };
